"""The engine as it was before live mode: the real one, with the worker that it had then (``engine_before_live``, word
for word) and without what it did not say then. That worker takes what live mode says for a wish to free the memory, and
is silent."""

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENGINE = HERE.parents[1] / "engine" / "rs_dino_engine"
SAID = ', "x-rsdino": {"worker": HEARS}'


def install(folder: Path, python: Path) -> Path:
    """Make it in ``folder``, on the packages of ``python``; returns its interpreter."""
    package = folder / "lib" / "rs_dino_engine"
    shutil.copytree(ENGINE, package, ignore=shutil.ignore_patterns("data", "__pycache__", "live*.py"))
    (package / "data").symlink_to(ENGINE / "data")
    shutil.copy(HERE / "engine_before_live" / "worker.py", package / "worker.py")
    cli = (package / "cli.py").read_text(encoding="utf-8")
    assert cli.count(SAID) == 1 and "    from .worker import HEARS\n" in cli
    cli = cli.replace(SAID, "").replace("    from .worker import HEARS\n", "")
    (package / "cli.py").write_text(cli, encoding="utf-8")
    interpreter = folder / "bin" / "python"
    interpreter.parent.mkdir()
    interpreter.write_text(f'#!/bin/sh\nPYTHONPATH="{folder / "lib"}" exec "{python}" "$@"\n', encoding="utf-8")
    interpreter.chmod(0o755)
    return interpreter
