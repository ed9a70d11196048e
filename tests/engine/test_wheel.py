"""`pip install ./engine` in a fresh clone: nothing has to be staged before it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = shutil.ignore_patterns("data", "build", "__pycache__", "*.egg-info")


def test_a_wheel_of_a_fresh_clone_has_models_samples_and_catalogue(tmp_path):
    pytest.importorskip("setuptools", minversion="70.1")  # builds wheels by itself
    shutil.copytree(ROOT / "engine", tmp_path / "clone" / "engine", ignore=MADE)
    shutil.copytree(ROOT / "resources", tmp_path / "clone" / "resources")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(tmp_path / "clone" / "engine")], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = "rs_dino_engine/data/"
    assert {data + "models/starter-landcover/model.safetensors", data + "samples/suburb.tif"} <= names
    assert data + "catalog.json" in names
