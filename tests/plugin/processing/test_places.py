"""Marked places as examples: points and polygons, of a layer in memory, of a selection, of a file."""

import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerJoinInfo,
)

MAKE_SIMILARITY = """
import shutil
found = Path(inputs["output"]) / "R_similarity.tif"
shutil.copy(inputs["rasters"][0], found)
(job / "results.json").write_text(json.dumps({"R_similarity": {"href": str(found)}}), encoding="utf-8")
say("successful", 100)
"""


@pytest.fixture
def marks(qgis_new_project):
    """Layers in memory, as people mark things: a kind of geometry and what lies in the layer."""

    def make(kind, *shapes, fields=""):
        layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326{fields}", kind, "memory")
        for shape in shapes:
            feature = QgsFeature()
            feature.setGeometry(QgsGeometry.fromWkt(shape))
            layer.dataProvider().addFeatures([feature])
        QgsProject.instance().addMapLayer(layer)
        return layer

    yield make


def test_examples_may_be_points_or_polygons(plugin):
    algorithm = QgsApplication.processingRegistry().algorithmById("rsdino:findsimilar")
    kinds = QgsProcessing.SourceType
    for name in ("LIKE", "UNLIKE"):
        wanted = algorithm.parameterDefinition(name)
        assert wanted.dataTypes() == [kinds.TypeVectorPoint, kinds.TypeVectorPolygon]
    assert [d.name() for d in algorithm.parameterDefinitions()][:3] == ["INPUT", "MODEL", "LIKE"]
    required = [d.name() for d in algorithm.parameterDefinitions() if not d.flags() & d.Flag.FlagOptional]
    assert {"INPUT", "LIKE", "SIMILARITY"} <= set(required) and "UNLIKE" not in required


def test_examples_of_memory_and_of_a_selection_become_files(
    processing, plugin, stand_in_engine, seen, raster, tmp_path, marks
):
    stand_in_engine(MAKE_SIMILARITY)
    points = marks("Point", "POINT(15 36)", "POINT(15.1 36)")
    polygons = marks("Polygon", *(f"POLYGON(({x} 36, {x}.1 36, {x} 36.1, {x} 36))" for x in (15, 16, 17)))
    polygons.selectByIds([sorted(polygons.allFeatureIds())[1]])
    parameters = {
        "INPUT": str(raster),
        "MODEL": "m.pth",
        "LIKE": points.id(),
        "UNLIKE": QgsProcessingFeatureSourceDefinition(polygons.id(), selectedFeaturesOnly=True),
        "SIMILARITY": str(tmp_path / "相似 a.tif"),
    }
    made = processing.run("rsdino:findsimilar", parameters)
    assert QgsRasterLayer(made["SIMILARITY"]).isValid()
    like, unlike = (QgsVectorLayer(seen[0].inputs[name]) for name in ("like", "unlike"))
    assert (like.featureCount(), unlike.featureCount()) == (2, 1)
    assert like.crs().authid() == "EPSG:4326"
    assert next(unlike.getFeatures()).geometry().boundingBox().xMinimum() == 16


def test_filters_joins_and_unsaved_edits_are_seen_as_in_qgis(
    processing, plugin, stand_in_engine, seen, raster, tmp_path, marks
):
    stand_in_engine(MAKE_SIMILARITY)
    square = "POLYGON(({x} 36, {x}.1 36, {x} 36.1, {x} 36))"
    memory = marks("Polygon", *(square.format(x=x) for x in (15, 16, 17)))
    path = str(tmp_path / "标 a.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, QgsProject.instance().transformContext(), options)
    layers = [QgsVectorLayer(path, name, "ogr") for name in ("filtered", "edited", "joined")]
    QgsProject.instance().addMapLayers(layers)
    filtered, edited, joined = layers
    filtered.setSubsetString("fid = 2")
    edited.startEditing()
    edited.deleteFeature(1)
    new = QgsFeature(edited.fields())
    new.setGeometry(QgsGeometry.fromWkt(square.format(x=18)))
    edited.addFeature(new)
    edited.addFeature(QgsFeature(new))
    other = marks("Point", "POINT(1 1)", fields="&field=key:integer&field=street:string")
    other.dataProvider().changeAttributeValues({1: {0: 2, 1: "a"}})
    join = QgsVectorLayerJoinInfo()
    join.setJoinLayer(other)
    join.setJoinFieldName("key")
    join.setTargetFieldName("fid")
    joined.addJoin(join)
    for layer, count, field in ((filtered, 1, "fid"), (edited, 4, "fid"), (joined, 3, "Point_street")):
        parameters = {"INPUT": str(raster), "MODEL": "m.pth", "LIKE": layer.id()}
        processing.run("rsdino:findsimilar", {**parameters, "SIMILARITY": str(tmp_path / f"{layer.name()}.tif")})
        made = QgsVectorLayer(seen[-1].inputs["like"])
        assert made.featureCount() == count, layer.name()
        assert field in [one.name() for one in made.fields()]
    edited.rollBack()
