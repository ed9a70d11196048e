"""What the tests of setting up share: wishes for a tiny engine, and nothing of this machine's own settings."""

import json
import os
import shutil
import subprocess

import pytest
from tiny_wheels import make_engine, make_folder

BASE = "/usr/bin/python3"


@pytest.fixture
def only_what_is_named(monkeypatch, tmp_path):
    """Nothing of this machine's own settings for pip and uv."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


@pytest.fixture
def wishes(tmp_path):
    """An engine out of a folder of wheels, in paths with a space and Chinese characters."""

    def made(**more):
        given = {
            "folder": tmp_path / "引擎 a",
            "wheel": make_engine(tmp_path / "插件 zip"),
            "python": BASE,
            "uv": False,
        }
        given.update(wheels=str(make_folder(tmp_path / "轮子 w")), offline=True)
        from rs_dino_plugin.engine_client.setup_wishes import Wishes

        return Wishes(**{**given, **more})

    return made


@pytest.fixture(scope="session")
def empty_environment(tmp_path_factory):
    """An environment with pip, its byte code and nothing else. Making one takes longer than all the rest."""
    folder = tmp_path_factory.mktemp("empty") / "env"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run([BASE, "-m", "venv", str(folder)], env=plain, check=True)
    return folder


@pytest.fixture
def begun(wishes, empty_environment):
    """Wishes whose environment was made, and nothing installed into it yet."""

    def made(**more):
        wanted = wishes(**more)
        shutil.copytree(empty_environment, wanted.folder / "env", symlinks=True)
        (wanted.folder / "making.json").write_text(json.dumps(wanted.key()), encoding="utf-8")
        return wanted

    return made
