"""What the tests of several folders share: the engine, the zip, and a raster."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Asked now, for tests take it away.
_ENGINE = os.environ.get("RS_DINO_ENGINE_PYTHON")


@pytest.fixture(scope="session")
def engine_python():
    """The interpreter that has the engine: RS_DINO_ENGINE_PYTHON, or what `make setup` made."""
    python = Path(_ENGINE or ROOT / ".venv" / "bin" / "python")
    assert python.is_file(), f"{python} does not exist: run make setup, or set RS_DINO_ENGINE_PYTHON"
    return python


@pytest.fixture(scope="session")
def archive():
    """The zip, built as `make package` builds it."""
    subprocess.run([sys.executable, str(ROOT / "engine" / "staging" / "package.py")], check=True)
    (made,) = (ROOT / "dist").glob("rs_dino_plugin-*.zip")
    return made


@pytest.fixture(scope="session")
def raster(tmp_path_factory):
    """A bundled sample, where a path has a space and Chinese characters."""
    copy = tmp_path_factory.mktemp("影像") / "样本 1.tif"
    shutil.copy(ROOT / "resources" / "samples" / "suburb.tif", copy)
    return copy
