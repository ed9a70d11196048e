"""Accuracy, zonal tables and sample points over the real engine: as a person has them from Processing."""

import csv
import json
from pathlib import Path

import numpy
import pytest
from osgeo import gdal, ogr, osr
from qgis.core import (
    NULL,
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProject,
    QgsValueMapFieldFormatter,
    QgsVectorLayer,
)
from qgis.gui import QgsLayerTreeView

gdal.UseExceptions()
CLASSES = [
    {"id": 1, "name": "water", "color": [0, 0, 255], "names": {"zh": "水体"}},
    {"id": 2, "name": "forest", "color": [0, 99, 0], "names": {"zh": "林地"}},
]


class Feedback(QgsProcessingFeedback):
    """Keeps what it is told."""

    def __init__(self):
        super().__init__(False)
        self.infos, self.warnings = [], []

    def pushInfo(self, info):  # noqa: N802
        self.infos.append(info)

    def pushWarning(self, warning):  # noqa: N802
        self.warnings.append(warning)


@pytest.fixture
def engine(plugin, monkeypatch, engine_python):
    """The real engine, for Processing."""
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(engine_python))


@pytest.fixture
def tree(qgis_iface, monkeypatch):
    """Into which QGIS 3.44 puts results; pytest-qgis' interface has none."""
    view = QgsLayerTreeView()
    monkeypatch.setattr(qgis_iface, "layerTreeView", lambda: view)
    return view


@pytest.fixture
def labels(tmp_path):
    """40 x 20 pixels of 10 m: the left half is water, the right one forest, the last column nodata."""
    path = tmp_path / "图 a" / "正射 1_labels.tif"
    path.parent.mkdir()
    data = gdal.GetDriverByName("GTiff").Create(str(path), 40, 20, 1, gdal.GDT_Byte)
    data.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    data.SetProjection(crs.ExportToWkt())
    values = numpy.full((20, 40), 2, numpy.uint8)
    values[:, :20], values[:, 39] = 1, 255
    data.GetRasterBand(1).SetNoDataValue(255)
    data.GetRasterBand(1).WriteArray(values)
    data.SetMetadataItem("RSDINO_CLASSES", json.dumps(CLASSES))
    data = None
    return path


@pytest.fixture
def layer(qgis_new_project):
    """A layer in memory of the project, with a field and its geometries."""

    def make(kind, field, *features):
        made = QgsVectorLayer(f"{kind}?crs=EPSG:32633&field={field}:string", kind, "memory")
        for text, value in features:
            feature = QgsFeature(made.fields())
            feature.setGeometry(QgsGeometry.fromWkt(text))
            feature.setAttribute(field, value)
            made.dataProvider().addFeatures([feature])
        QgsProject.instance().addMapLayer(made)
        return made

    return make


def place(col, row):
    return f"POINT({500005 + 10 * col} {3999995 - 10 * row})"


def rows_of(path):
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_signatures(plugin):
    registry = QgsApplication.processingRegistry()
    evaluate = registry.algorithmById("rsdino:evaluate")
    names = [one.name() for one in evaluate.parameterDefinitions()]
    assert names[:3] == ["INPUT", "REFERENCES", "FIELD"] and names[-2:] == ["ACCURACY", "CONFUSION"]
    field = evaluate.parameterDefinition("FIELD")
    assert field.type() == "field" and field.parentLayerParameterName() == "REFERENCES"
    assert evaluate.parameterDefinition("ACCURACY").defaultFileExtension() == "csv"
    assert evaluate.parameterDefinition("ACCURACY").dataType() == QgsProcessing.SourceType.TypeVector
    zonal = registry.algorithmById("rsdino:zonal")
    assert zonal.parameterDefinition("ZONES").defaultFileExtension() == "gpkg"
    assert zonal.parameterDefinition("TABLE").defaultFileExtension() == "csv"
    assert registry.algorithmById("rsdino:samplepoints") is not None


def test_accuracy_from_a_layer_in_memory_with_chinese_classes(processing, engine, labels, layer, tmp_path):
    """Selected points only, tables as CSV that load with their types, and the figures in the log."""
    from rs_dino_plugin import notices

    marks = [(place(i, i), "水体") for i in range(6)] + [(place(20 + i, i), "林地") for i in range(6)]
    points = layer("Point", "类别", *marks, (place(2, 9), "林地"), (place(25, 9), "水体"), (place(39, 5), "水体"))
    points.selectByIds(sorted(points.allFeatureIds())[:-2] + sorted(points.allFeatureIds())[-1:])
    heard, feedback = [], Feedback()
    notices.listen_assessed(heard.append)
    try:
        parameters = {
            "INPUT": str(labels),
            "REFERENCES": QgsProcessingFeatureSourceDefinition(points.id(), selectedFeaturesOnly=True),
            "FIELD": "类别",
            "ACCURACY": "TEMPORARY_OUTPUT",
            "CONFUSION": str(tmp_path / "混淆.csv"),
        }
        made = processing.run("rsdino:evaluate", parameters, feedback=feedback)
    finally:
        notices.stop_listening_assessed(heard.append)
    matrix = rows_of(made["CONFUSION"])
    assert [[row["water"], row["forest"]] for row in matrix[:2]] == [["6", "1"], ["0", "6"]]
    table = QgsVectorLayer(made["ACCURACY"])
    assert table.isValid() and not table.isSpatial()
    first = next(table.getFeatures())
    assert first["class"] == "water" and first["users"] == pytest.approx(6 / 7, abs=1e-4)
    assert first["mapped_ha"] == pytest.approx(4, rel=2e-3)
    assert any("13 references: overall accuracy" in text for text in feedback.infos)
    assert any("1 of 14 references lie outside the map or on nodata" in text for text in feedback.warnings)
    (said,) = heard
    assert said.title == "正射 1_labels" and said.document["references"] == 13
    assert any("1 of 14" in note for note in said.notes)


def test_accuracy_as_a_geopackage_and_without_a_matrix(processing, engine, labels, layer, tmp_path):
    points = layer("Point", "c", *((place(i, i), "1") for i in range(5)), *((place(30, i), "2") for i in range(5)))
    target = tmp_path / "精度.gpkg"
    parameters = {"INPUT": str(labels), "REFERENCES": points.id(), "FIELD": "c", "ACCURACY": str(target)}
    made = processing.run("rsdino:evaluate", parameters)
    assert made == {"ACCURACY": str(target)}
    table = QgsVectorLayer(made["ACCURACY"])
    assert [feature["class"] for feature in table.getFeatures()] == ["water", "forest", "all"]


def test_figures_are_shown_without_any_file(processing, engine, labels, layer):
    points = layer("Point", "c", *((place(i, i), "1") for i in range(5)), *((place(30, i), "2") for i in range(5)))
    feedback = Feedback()
    made = processing.run(
        "rsdino:evaluate", {"INPUT": str(labels), "REFERENCES": points.id(), "FIELD": "c"}, feedback=feedback
    )
    assert made == {}
    assert any("10 references: overall accuracy" in text for text in feedback.infos)


def test_points_that_will_be_deleted_are_warned_of(processing, engine, labels, tmp_path):
    said = []
    for target in ("TEMPORARY_OUTPUT", str(tmp_path / "points.gpkg")):
        feedback = Feedback()
        processing.run("rsdino:samplepoints", {"INPUT": str(labels), "POINTS": target}, feedback=feedback)
        said.append(any("before you label them" in text for text in feedback.warnings))
    assert said == [True, False]


def test_heights_have_no_confusion_matrix(processing, engine, labels, layer, tmp_path):
    points = layer("Point", "m", (place(1, 1), "1.5"), (place(30, 1), "3"))
    parameters = {"INPUT": str(labels), "REFERENCES": points.id(), "FIELD": "m", "VALUES": 2}
    outputs = {"ACCURACY": "TEMPORARY_OUTPUT", "CONFUSION": "TEMPORARY_OUTPUT"}
    feedback = Feedback()
    made = processing.run("rsdino:evaluate", {**parameters, **outputs}, feedback=feedback)
    assert set(made) == {"ACCURACY"}
    assert rows_of(made["ACCURACY"])[-1]["mae_m"] == "0.75"
    assert any("2 references: mean error 0.75 m" in text for text in feedback.infos)


def test_zonal_table_of_polygons(processing, engine, labels, layer, tmp_path):
    square = "POLYGON(({0} {1}, {2} {1}, {2} {3}, {0} {3}, {0} {1}))"
    polygons = layer(
        "Polygon",
        "名称",
        (square.format(500100, 3999900, 500300, 4000000), "中"),
        (square.format(600000, 3999900, 600300, 4000000), "远"),
    )
    target, table = tmp_path / "z.gpkg", tmp_path / "z.csv"
    table.with_suffix(".csvt").write_text('"String"')
    feedback = Feedback()
    parameters = {"INPUT": str(labels), "POLYGONS": polygons.id(), "ZONES": str(target), "TABLE": str(table)}
    made = processing.run("rsdino:zonal", parameters, feedback=feedback)
    assert [one.GetName() for one in ogr.Open(made["ZONES"])][0] == "z", "the layer is called as its file"
    zones = QgsVectorLayer(made["ZONES"])
    rows = {feature["名称"]: feature for feature in zones.getFeatures()}
    assert rows["中"]["water_pct"] == rows["中"]["forest_pct"] == 50
    assert rows["中"]["known_ha"] == pytest.approx(2, rel=2e-3)
    assert zones.crs().authid() == "EPSG:32633"
    assert not rows["远"]["majority"]
    assert QgsVectorLayer(made["TABLE"]).fields().field("water_ha").typeName() == "Real", "its types came along"
    assert any("1 of 2 polygons lie outside" in text for text in feedback.warnings)


def test_tables_of_figures_speak_the_users_language(processing, engine, labels, layer, tree, monkeypatch):
    """Aliases and values as shown; the files keep their names. Loaded as Processing's dialog does."""
    from rs_dino_plugin import legend

    monkeypatch.setattr(legend, "language", lambda: "zh")
    square = "POLYGON(({0} {1}, {2} {1}, {2} {3}, {0} {3}, {0} {1}))"
    features = [(square.format(500100, 3999900, 500250, 4000000), "a"), (square.format(9, 9, 20, 20), "b")]
    polygons = layer("Polygon", "n", *features)
    parameters = {"INPUT": str(labels), "POLYGONS": polygons.id()}
    outputs = {"ZONES": "TEMPORARY_OUTPUT", "TABLE": "TEMPORARY_OUTPUT"}
    processing.runAndLoadResults("rsdino:zonal", {**parameters, **outputs})
    loaded = {one.name(): one for one in QgsProject.instance().mapLayers().values() if one is not polygons}
    named = "正射 1_labels · Polygon"
    assert set(loaded) == {f"Polygons with figures · {named}", f"Table · {named}"}
    for table in loaded.values():
        titles = {field.name(): table.attributeDisplayName(i) for i, field in enumerate(table.fields())}
        assert titles["water_ha"] == "水体 (ha)" and titles["forest_pct"] == "林地 (%)"
        assert titles["majority"] == "Largest class"
        index = table.fields().indexOf("majority")
        assert table.editorWidgetSetup(index).config()["map"][0] == {"水体": "water"}
        shown = QgsValueMapFieldFormatter().representValue(
            table, index, table.editorWidgetSetup(index).config(), None, NULL
        )
        assert shown == "NULL"
        rows = {feature["n"]: feature for feature in table.getFeatures()}
        assert rows["a"]["majority"] == "water" and rows["b"]["majority"] == NULL
    (zones,) = [one for one in loaded.values() if one.isSpatial()]
    from rs_dino_plugin.layer_order import hides_nothing

    assert hides_nothing(zones)


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "csv"])
def test_sample_points_to_label(processing, engine, labels, tmp_path, suffix):
    parameters = {"INPUT": str(labels), "COUNT": 60, "LEAST": 10, "POINTS": str(tmp_path / f"样点.{suffix}")}
    points = QgsVectorLayer(processing.run("rsdino:samplepoints", parameters)["POINTS"])
    features = list(points.getFeatures())
    assert len(features) == 60 and not any(feature["class"] for feature in features)
    if suffix == "gpkg":
        points.loadDefaultStyle()
        choices = points.editorWidgetSetup(points.fields().lookupField("class"))
        assert choices.type() == "ValueMap"
        assert {"water · 水体": "water"} in choices.config()["map"]
        assert ogr.Open(str(tmp_path / "样点.gpkg")).GetLayer(0).GetName() == "样点"
