"""Plugin tests run in real QGIS and load the staged folder, as QGIS does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGE = ROOT / "build" / "stage"


def pytest_configure(config) -> None:
    """Stage, unless the caller has just done so, or this is one of several processes."""
    if not os.environ.get("RS_DINO_STAGED") and not hasattr(config, "workerinput"):
        subprocess.run([sys.executable, str(ROOT / "engine" / "staging" / "stage.py"), "plugin"], check=True)
    # Byte code goes elsewhere: the staged folder stays what goes into the zip.
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "pycache")
    sys.path.insert(0, str(STAGE))


@pytest.fixture(scope="session")
def processing(qgis_app):
    """Processing, ready to run algorithms."""
    sys.path.append(str(Path(qgis_app.pkgDataPath()) / "python" / "plugins"))
    import processing
    from processing.core.Processing import Processing

    Processing.initialize()
    return processing


@pytest.fixture
def plugin(processing, monkeypatch, tmp_path):
    """The plugin, loaded as qgis_process loads it, without any engine."""
    import rs_dino_plugin

    monkeypatch.delenv("RS_DINO_ENGINE_PYTHON", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    loaded = rs_dino_plugin.classFactory(None)
    loaded.initProcessing()
    yield loaded
    loaded.unload()


@pytest.fixture
def stand_in_engine(monkeypatch, tmp_path):
    """An engine that does what a test tells it to; for faults that a real one has too rarely.

    Call it with the Python text of the job; ``job`` is its folder and ``say`` writes a status line.
    """
    from stand_in_engine import install

    def make(body: str) -> Path:
        python = install(tmp_path / "引擎 with space", body)
        monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(python))
        return python

    return make


@pytest.fixture
def raster(tmp_path):
    """A small georeferenced RGB raster, in a folder with a space and Chinese characters."""
    import numpy
    from osgeo import gdal, osr

    path = tmp_path / "影像 a" / "正射 1.tif"
    path.parent.mkdir()
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 90, 70, 3, gdal.GDT_Byte)
    dataset.SetGeoTransform((500000, 0.5, 0, 4000000, 0, -0.5))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    dataset.SetProjection(crs.ExportToWkt())
    pixels = numpy.random.default_rng(0).integers(0, 255, (3, 70, 90), dtype=numpy.uint8)
    for band in range(3):
        dataset.GetRasterBand(band + 1).WriteArray(pixels[band])
    del dataset
    return path


@pytest.fixture
def imported(qgis_app, tmp_path):
    """Puts models into a library as the options' page knows it: a starter's description under another name."""
    from qgis.core import QgsSettings

    from rs_dino_plugin.settings import KNOWN_MODELS, TRAINED_MODELS, set_known_models

    QgsSettings().remove(TRAINED_MODELS)
    folders = []

    def make(name, of="starter-landcover", gsd_m=0.5, title="田块 Fields"):
        spec = json.loads((ROOT / "resources" / "models" / of / "model.json").read_text(encoding="utf-8"))
        spec["input"]["gsd_m"] = gsd_m
        folder = tmp_path / "模型 library" / name
        folder.mkdir(parents=True)
        (folder / "model.json").write_text(json.dumps({**spec, "name": name, "title": title}), encoding="utf-8")
        folders.append(str(folder))
        set_known_models(folders)
        return folder

    yield make
    QgsSettings().remove(KNOWN_MODELS)
