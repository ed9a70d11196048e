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
    QgsVectorLayer,
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

    def make(kind, *shapes):
        layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326", kind, "memory")
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
