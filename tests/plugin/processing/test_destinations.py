"""Where a run may write: refused in one sentence before anything is computed, and nothing is lost."""

import shutil

import pytest
from osgeo import gdal, ogr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

NOTHING = "(job / 'results.json').write_text('{}'); say('successful', 100)"


@pytest.fixture
def run(processing, plugin, stand_in_engine, seen):
    stand_in_engine(NOTHING)

    def go(**parameters):
        with pytest.raises(QgsProcessingException) as caught:
            processing.run("rsdino:segment", parameters)
        assert not seen
        return str(caught.value)

    return go


@pytest.fixture
def areas(qgis_new_project, tmp_path):
    """A layer of the project with one polygon, in a file."""
    memory = QgsVectorLayer("Polygon?crs=EPSG:4326", "areas", "memory")
    one = QgsFeature()
    one.setGeometry(QgsGeometry.fromWkt("POLYGON((15 36, 15.1 36, 15 36.1, 15 36))"))
    memory.dataProvider().addFeatures([one])
    path = str(tmp_path / "区 areas.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, QgsProject.instance().transformContext(), options)
    layer = QgsVectorLayer(path, "areas", "ogr")
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_the_raster_itself_is_kept(run, raster, tmp_path):
    before = raster.read_bytes()
    layer = QgsRasterLayer(str(raster), "photo")
    QgsProject.instance().addMapLayer(layer)
    for given in (str(raster), layer, layer.id(), "photo"):
        said = run(INPUT=given, LABELS=str(raster.parent / "." / raster.name))
        assert said.startswith(f"“Labels” would be written over {raster}") and "this run reads" in said
    assert raster.read_bytes() == before


def test_what_a_virtual_raster_is_made_of_is_kept(run, raster, tmp_path):
    vrt = tmp_path / "all.vrt"
    gdal.BuildVRT(str(vrt), [str(raster)]).FlushCache()
    assert "this run reads" in run(INPUT=str(vrt), LABELS=str(raster))


@pytest.mark.parametrize("first", [gdal, ogr])
def test_another_plugins_exceptions_do_no_harm(run, raster, first, tmp_path):
    """GDAL 3.6 takes off only what was put on last."""
    weights = tmp_path / "m.onnx"
    weights.touch()  # a file that is read, and no raster
    modules = [first, ogr if first is gdal else gdal]
    before = [module.GetUseExceptions() for module in modules]
    for module in modules:
        module.UseExceptions()
    try:
        said = run(INPUT=str(raster), HEAD=str(weights), LABELS=str(raster))
    finally:
        for module, were_used in reversed(list(zip(modules, before))):
            if not were_used:
                module.DontUseExceptions()
    assert "this run reads" in said


def test_the_area_of_interest_is_kept(run, raster, areas, tmp_path):
    areas.selectAll()
    path = areas.source().split("|")[0]
    for given in (path, areas, areas.id(), QgsProcessingFeatureSourceDefinition(areas.id(), True)):
        said = run(INPUT=str(raster), AOI=given, LABELS=str(tmp_path / "l.tif"), POLYGONS=path)
        assert "“Polygons” would be written over" in said


def test_two_results_in_one_file(run, raster, tmp_path):
    path = str(tmp_path / "both.tif")
    said = run(INPUT=str(raster), LABELS=path, CONFIDENCE=path)
    assert said.startswith("“Labels” and “Confidence” cannot both be written to")


@pytest.mark.parametrize("name", ["labels", "labels.xyz", "labels.gpkg"])
def test_a_name_has_to_say_the_format(run, raster, tmp_path, name):
    said = run(INPUT=str(raster), LABELS=str(tmp_path / name))
    assert "Labels" in said and ".tif" in said
    assert not list(tmp_path.glob("labels*"))


def test_something_has_to_be_asked_for(run, raster):
    assert run(INPUT=str(raster)) == "No result is asked for: choose at least one."


def test_results_can_be_asked_for_without_the_main_one(processing, plugin, stand_in_engine, raster, tmp_path):
    stand_in_engine("""
import shutil
for name in ("labels", "confidence"):
    shutil.copy(inputs["rasters"][0], Path(inputs["output"]) / f"R_{name}.tif")
found = {"R_" + name: {"href": str(Path(inputs["output"]) / f"R_{name}.tif")} for name in ("labels", "confidence")}
(job / "results.json").write_text(json.dumps(found), encoding="utf-8")
say("successful", 100)
""")
    path = tmp_path / "把握.tif"
    made = processing.run("rsdino:segment", {"INPUT": str(raster), "CONFIDENCE": str(path)})
    assert made == {"CONFIDENCE": str(path)} and path.exists()


def test_a_raster_without_a_place_on_earth_has_shares_only(plugin):
    from rs_dino_plugin.engine_client.documents import Results
    from rs_dino_plugin.processing.run import say_what_was_found

    classes = [{"id": 1, "name": "water", "area_m2": None, "share": 0.25}]
    said = []

    class Heard:
        pushInfo = said.append

    say_what_was_found(Results({}, {"classes": classes}), Heard())
    assert said == ["water: 25.0 %"]


@pytest.mark.parametrize("name", ["区.pth", "my.model.onnx"])
def test_a_model_file_of_this_folder(plugin, tmp_path, monkeypatch, name):
    from rs_dino_plugin.processing.inputs import model_named

    shutil.copy(__file__, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert model_named(name) == str(tmp_path / name)
    assert model_named("timm:vit_small_patch14_dinov2.lvd142m") == "timm:vit_small_patch14_dinov2.lvd142m"
    assert model_named("starter-landcover") == "starter-landcover"
