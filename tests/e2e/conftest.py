"""From the built zip, in a fresh profile of real QGIS, over the real engine."""

import os
import subprocess
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest


class Profile(NamedTuple):
    """A fresh QGIS profile with the plugin installed, and the environment that QGIS runs with."""

    folder: Path
    environment: dict

    def run(self, *command, **more):
        """Run a command of QGIS; its result, whatever it is."""
        return subprocess.run(
            [str(part) for part in command], env={**self.environment, **more}, capture_output=True, timeout=280
        )


@pytest.fixture(scope="session")
def profile(archive, engine_python, tmp_path_factory):
    """A profile in which somebody installed the zip and chose the engine in the options."""
    folder = tmp_path_factory.mktemp("用户 profile")
    default = folder / "profiles" / "default"
    (default / "QGIS").mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(default / "python" / "plugins")
    (default / "QGIS" / "QGIS3.ini").write_text(
        f"[PythonPlugins]\nrs_dino_plugin=true\n\n[rsdino]\nengine_python={engine_python}\n", encoding="utf-8"
    )
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("RS_DINO_ENGINE_PYTHON", "QGIS_PLUGINPATH", "PYTHONPATH")
    }
    environment.update(
        QGIS_CUSTOM_CONFIG_PATH=str(folder), QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(runtime),
        PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    return Profile(folder, environment)


@pytest.fixture(scope="session")
def command_line(engine_python, raster, tmp_path_factory):
    """What the command line makes of the same raster: the folder of its results."""
    folder = tmp_path_factory.mktemp("command line")
    command = [engine_python, "-m", "rs_dino_engine", "segment", raster, "--output", folder, "--device", "cpu"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return folder
