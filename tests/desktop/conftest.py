"""The real desktop: a screen, the zip, the engine, and a raster."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from real_desktop import PICTURES, ROOT, Screen


@pytest.fixture(scope="session", autouse=True)
def _old_pictures_go():
    shutil.rmtree(PICTURES, ignore_errors=True)


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    assert shutil.which("Xvfb"), "Xvfb is not installed: run make setup-qgis"
    made = Screen(tmp_path_factory.mktemp("screen") / "x")
    yield made
    made.close()


@pytest.fixture(scope="session")
def archive():
    """The zip, built as `make package` builds it."""
    subprocess.run([sys.executable, str(ROOT / "engine" / "staging" / "package.py")], check=True)
    (made,) = (ROOT / "dist").glob("rs_dino_plugin-*.zip")
    return made


@pytest.fixture(scope="session")
def engine_python():
    """The interpreter that has the engine: RS_DINO_ENGINE_PYTHON, or what `make setup` made."""
    python = Path(os.environ.get("RS_DINO_ENGINE_PYTHON", ROOT / ".venv" / "bin" / "python"))
    assert python.is_file(), f"{python} does not exist: run make setup, or set RS_DINO_ENGINE_PYTHON"
    return python


@pytest.fixture(scope="session")
def raster(tmp_path_factory):
    """The bundled sample, where a path has a space and Chinese characters."""
    copy = tmp_path_factory.mktemp("影像") / "样本 1.tif"
    shutil.copy(ROOT / "resources" / "samples" / "suburb.tif", copy)
    return copy
