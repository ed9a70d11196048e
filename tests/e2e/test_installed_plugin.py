"""The map that QGIS makes is the command line's: pixels, georeferencing, classes, polygons."""

import json
import os
import sys
from pathlib import Path

import numpy
import pytest
from osgeo import gdal, ogr

gdal.UseExceptions()

# Debian's wrapper qgis_process passes an option that the program does not know.
QGIS_PROCESS = "qgis_process.bin"
OUTPUTS = {"LABELS": "labels", "CONFIDENCE": "confidence"}

PROCESSING_RUN = """
import json, os, shutil, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
profile = os.environ["QGIS_CUSTOM_CONFIG_PATH"] + "/profiles/default"
app = QgsApplication([], True, profile)
app.initQgis()
sys.path.append(app.pkgDataPath() + "/python/plugins")
sys.path.insert(0, profile + "/python/plugins")
import processing
from processing.core.Processing import Processing
Processing.initialize()
import rs_dino_plugin
plugin = rs_dino_plugin.classFactory(None)
plugin.initProcessing()
made = processing.run("rsdino:segment", {"INPUT": sys.argv[1], "DEVICE": "cpu", "LABELS": "TEMPORARY_OUTPUT",
    "CONFIDENCE": "TEMPORARY_OUTPUT", "POLYGONS": "TEMPORARY_OUTPUT"})
labels, polygons = QgsRasterLayer(made["LABELS"]), QgsVectorLayer(made["POLYGONS"])
report = {"made": made, "renderer": labels.renderer().type(), "crs": labels.crs().authid(),
    "legend": [label for label, _ in labels.renderer().legendSymbologyItems()],
    "polygon_renderer": polygons.renderer().type(), "polygons": polygons.featureCount()}
for key, path in made.items():
    for ending in ("", ".aux.xml"):
        if os.path.exists(path + ending):
            shutil.copy(path + ending, os.path.join(sys.argv[2], key + os.path.splitext(path)[1] + ending))
print("REPORT " + json.dumps(report))
del labels, polygons
plugin.unload()
app.exitQgis()
"""


@pytest.fixture(scope="session")
def by_qgis_process(profile, raster, tmp_path_factory):
    """Run by qgis_process; its report."""
    folder = tmp_path_factory.mktemp("输出 out")
    targets = {"LABELS": folder / "类别 1.tif", "CONFIDENCE": folder / "c.tif", "POLYGONS": folder / "p.gpkg"}
    arguments = [f"{key}={path}" for key, path in {"INPUT": raster, "DEVICE": "cpu", **targets}.items()]
    done = profile.run(QGIS_PROCESS, "--json", "run", "rsdino:segment", "--", *arguments)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    made = json.loads(done.stdout[done.stdout.index(b"{") :])["results"]
    assert made == {key: str(path) for key, path in targets.items()}
    return folder, targets


@pytest.fixture(scope="session")
def by_processing_run(profile, raster, engine_python, tmp_path_factory):
    """Run by processing.run in a script, with temporary outputs; what it sees, and copies of the files. A script
    has no settings of QGIS, so the engine is named by the environment."""
    folder = tmp_path_factory.mktemp("copies")
    engine = {"RS_DINO_ENGINE_PYTHON": str(engine_python)}
    done = profile.run(sys.executable, "-c", PROCESSING_RUN, raster, folder, **engine)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    report = next(line for line in done.stdout.decode().splitlines() if line.startswith("REPORT "))
    return folder, json.loads(report[7:])


def test_plugin_is_listed_with_its_algorithms(profile):
    listed = profile.run(QGIS_PROCESS, "list").stdout.decode()
    assert "rsdino:segment" in listed
    described = profile.run(QGIS_PROCESS, "help", "rsdino:segment").stdout.decode()
    for name in ("INPUT", "MODEL", "LABELS", "CONFIDENCE", "POLYGONS"):
        assert name in described
    assert "<p>" not in described and "<img" not in described


def test_labels_and_confidence_of_qgis_process_are_the_command_lines(by_qgis_process, command_line):
    folder, targets = by_qgis_process
    for key, name in OUTPUTS.items():
        assert_same_raster(targets[key], result(command_line, name, "tif"))


def test_labels_and_confidence_of_processing_run_are_the_command_lines(by_processing_run, command_line):
    folder, report = by_processing_run
    for key, name in OUTPUTS.items():
        assert_same_raster(folder / f"{key}.tif", result(command_line, name, "tif"))


def test_polygons_are_the_command_lines(by_qgis_process, by_processing_run, command_line):
    wanted = features(result(command_line, "polygons", "gpkg"))
    assert wanted
    assert features(by_qgis_process[1]["POLYGONS"]) == wanted
    assert features(by_processing_run[0] / "POLYGONS.gpkg") == wanted


def test_layers_are_styled_from_the_models_classes(by_processing_run):
    _, report = by_processing_run
    assert report["renderer"] == "paletted"
    assert len(report["legend"]) > 1 and all(report["legend"])
    assert report["polygon_renderer"] == "categorizedSymbol"
    assert report["polygons"] > 0


def test_nothing_but_what_was_asked_for_is_left(by_qgis_process):
    folder, targets = by_qgis_process
    stems = {path.stem for path in targets.values()}
    left = [path.name for path in folder.iterdir() if path.name.split(".")[0] not in stems]
    assert left == []
    assert not [path for path in folder.iterdir() if path.suffix == ".part"]


def test_an_area_in_a_file(profile, raster, tmp_path):
    """qgis_process has no project to look for layers in."""
    area, dataset = tmp_path / "区 area.geojson", gdal.Open(str(raster))
    left, size, _, top, _, _ = dataset.GetGeoTransform()
    corners = [(left + x * size, top - y * size) for x, y in ((10, 10), (60, 10), (60, 50), (10, 50), (10, 10))]
    made = ogr.GetDriverByName("GeoJSON").CreateDataSource(str(area))
    layer = made.CreateLayer("area", dataset.GetSpatialRef(), ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON(({}))".format(",".join(f"{x!r} {y!r}" for x, y in corners))))
    layer.CreateFeature(feature)
    del feature, layer, made
    labels, said = segment(profile, tmp_path, raster, f"AOI={os.path.relpath(area)}")
    assert (labels.RasterXSize, labels.RasterYSize) == (50, 40)
    assert " m² (" in said
    assert "windows: 1, about" in said and "of memory beside the model" in said  # what the run will take


def test_a_raster_without_a_crs_has_shares_instead_of_areas(profile, raster, tmp_path):
    placeless, image = tmp_path / "无坐标.tif", gdal.Open(str(raster))
    gdal.GetDriverByName("GTiff").Create(str(placeless), image.RasterXSize, image.RasterYSize, 3).WriteArray(
        image.ReadAsArray()[:3]
    )
    labels, said = segment(profile, tmp_path, placeless)
    assert (labels.RasterXSize, labels.RasterYSize) == (image.RasterXSize, image.RasterYSize)
    assert " %" in said and "m² (" not in said


def segment(profile, folder, given, *more):
    """The labels, and what was said."""
    labels = folder / "labels.tif"
    arguments = [f"INPUT={given}", "DEVICE=cpu", *more, f"LABELS={labels}"]
    done = profile.run(QGIS_PROCESS, "run", "rsdino:segment", "--", *arguments)
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, said
    return gdal.Open(str(labels)), said


def test_user_error_of_the_engine_reaches_the_user_as_one_sentence(profile, raster, tmp_path):
    arguments = [f"INPUT={raster}", "MODEL=no-such-model", f"LABELS={tmp_path / 'l.tif'}"]
    done = profile.run(QGIS_PROCESS, "run", "rsdino:segment", "--", *arguments)
    assert done.returncode != 0
    assert "no-such-model" in done.stderr.decode() + done.stdout.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not (tmp_path / "l.tif").exists()


def test_without_engine_the_toolbox_stands_and_says_what_to_do(profile, raster, tmp_path):
    missing = {"RS_DINO_ENGINE_PYTHON": "/nowhere/python"}
    assert "rsdino:segment" in profile.run(QGIS_PROCESS, "list", **missing).stdout.decode()
    done = profile.run(
        QGIS_PROCESS, "run", "rsdino:segment", "--", f"INPUT={raster}", f"LABELS={tmp_path / 'l.tif'}", **missing
    )
    assert done.returncode != 0
    assert "Settings ▸ Options ▸ RS-DINO" in done.stderr.decode() + done.stdout.decode()


def result(folder: Path, name: str, suffix: str) -> Path:
    (found,) = folder.glob(f"*_{name}.{suffix}")
    return found


def assert_same_raster(made: Path, wanted: Path) -> None:
    """Pixels, georeferencing, nodata, type, colours and class names."""
    one, other = gdal.Open(str(made)), gdal.Open(str(wanted))
    numpy.testing.assert_array_equal(one.ReadAsArray(), other.ReadAsArray())
    assert one.GetGeoTransform() == other.GetGeoTransform()
    assert one.GetProjection() == other.GetProjection() != ""
    for number in range(1, other.RasterCount + 1):
        mine, theirs = one.GetRasterBand(number), other.GetRasterBand(number)
        assert mine.DataType == theirs.DataType
        assert mine.GetNoDataValue() == theirs.GetNoDataValue()
        assert mine.GetRasterCategoryNames() == theirs.GetRasterCategoryNames()
        assert colours(mine) == colours(theirs)


def colours(band) -> list:
    """The colour table of a band; none is an empty one."""
    table = band.GetRasterColorTable()
    return [table.GetColorEntry(index) for index in range(table.GetCount())] if table else []


def features(path: Path) -> list:
    """Everything that a polygon file says."""
    source = ogr.Open(str(path))
    layer = source.GetLayer(0)
    return [(feature.items(), feature.GetGeometryRef().ExportToWkt()) for feature in layer]
