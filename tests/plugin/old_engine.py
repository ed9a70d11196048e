"""The engine as it was before live mode: the real one without live sessions, and without what it did not say then. Its
worker takes what live mode says for a wish to free the memory, and is silent."""

import shutil
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "rs_dino_engine"
DESK = """
class LiveDesk:
    def __init__(self, *_):
        pass

    def hear(self, line):
        from .worker import release_models

        release_models()

    def pause(self, *_):
        pass

    advance = close = pause
"""
SAID = ', "x-rsdino": {"worker": HEARS}'


def install(folder: Path, python: Path) -> Path:
    """Make it in ``folder``, on the packages of ``python``; returns its interpreter."""
    package = folder / "lib" / "rs_dino_engine"
    shutil.copytree(ENGINE, package, ignore=shutil.ignore_patterns("data", "__pycache__", "live*.py"))
    (package / "data").symlink_to(ENGINE / "data")
    (package / "live.py").write_text(DESK, encoding="utf-8")
    cli = (package / "cli.py").read_text(encoding="utf-8")
    assert cli.count(SAID) == 1 and "    from .worker import HEARS\n" in cli
    cli = cli.replace(SAID, "").replace("    from .worker import HEARS\n", "")
    (package / "cli.py").write_text(cli, encoding="utf-8")
    interpreter = folder / "bin" / "python"
    interpreter.parent.mkdir()
    interpreter.write_text(f'#!/bin/sh\nPYTHONPATH="{folder / "lib"}" exec "{python}" "$@"\n', encoding="utf-8")
    interpreter.chmod(0o755)
    return interpreter
