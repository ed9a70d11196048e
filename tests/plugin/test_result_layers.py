"""Results as layers: where they stand in the tree, what they are called, what they carry."""

import json
import shutil

import pytest
from osgeo import gdal
from qgis.core import (
    QgsGradientColorRamp,
    QgsLayerTreeGroup,
    QgsLayerTreeModel,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

CLASSES = [
    {"id": 0, "name": "building", "names": {"zh": "建筑物"}, "color": "#cd4a3e"},
    {"id": 1, "name": "其他", "color": "#969696"},
]


@pytest.fixture
def finished(plugin, raster, tmp_path):
    """A job's results: a raster of classes with its style for every link that is named, and what it says of them."""
    from rs_dino_plugin.catalog import catalogue
    from rs_dino_plugin.engine_client.documents import Request, Results
    from rs_dino_plugin.result_layers import Finished

    def make(names, rasters, task="segment", **values):
        folder = tmp_path / "任务"
        folder.mkdir(exist_ok=True)
        links = {}
        for name in names:
            path = folder / f"{name}.tif"
            shutil.copy(raster, path)
            layer = QgsRasterLayer(str(path))
            entries = [QgsPalettedRasterRenderer.Class(c["id"], QColor(c["color"]), c["name"]) for c in CLASSES]
            layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, entries))
            layer.saveNamedStyle(str(path.with_suffix(".qml")))
            links[name] = {"href": str(path)}
        links["basis"] = {"href": str(folder / "basis.npz")}
        document = {**links, **{key: {"value": value} for key, value in values.items()}}
        request = Request(task, {"rasters": [str(one) for one in rasters]})
        declared = next(one for one in catalogue().tasks if one.id == task)
        return Finished(declared, request, Results.from_document(document), folder, 1_760_000_000)

    return make


@pytest.fixture
def add(qgis_new_project):
    from rs_dino_plugin.result_layers import add_results, load_results

    return lambda finished: add_results(QgsProject.instance(), finished, load_results(finished))


@pytest.fixture
def in_chinese():
    settings = QgsSettings()
    settings.setValue("locale/overrideFlag", True)
    settings.setValue("locale/userLocale", "zh-Hans")
    yield
    settings.remove("locale/overrideFlag")
    settings.remove("locale/userLocale")


def tree(node):
    """Names, groups as pairs."""
    return [
        (child.name(), tree(child)) if isinstance(child, QgsLayerTreeGroup) else child.name()
        for child in node.children()
    ]


def legend_of(layer):
    """The lines below a layer in QGIS's layer tree."""
    root = QgsProject.instance().layerTreeRoot()
    model = QgsLayerTreeModel(root)
    model.setFlag(QgsLayerTreeModel.Flag.ShowLegend)
    nodes = model.layerLegendNodes(root.findLayer(layer.id()))
    return [node.data(Qt.ItemDataRole.DisplayRole) for node in nodes]


def with_tags(path, band, **tags):
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for name, value in tags.items():
        dataset.SetMetadataItem(name, value)
    dataset.GetRasterBand(1).SetDescription(band)
    dataset.GetRasterBand(1).SetUnitType("m" if "[m]" in band else "")


def test_the_legend_says_what_values_are_not_how_they_are_stored(finished, add, raster):
    found = finished(["labels", "canopy_height", "features"], [raster])
    for name, band in (("labels", "labels (0 building, 1 其他)"), ("canopy_height", "canopy height [m]")):
        with_tags(found.folder / f"{name}.tif", band)
    heights = QgsRasterLayer(str(found.folder / "canopy_height.tif"))
    renderer = QgsSingleBandPseudoColorRenderer(heights.dataProvider(), 1)
    renderer.setClassificationMin(0)
    renderer.setClassificationMax(30)
    renderer.createShader(QgsGradientColorRamp())
    heights.setRenderer(renderer)
    heights.saveNamedStyle(str(found.folder / "canopy_height.qml"))
    (found.folder / "features.qml").unlink()
    labels, heights, features = (
        next(layer for layer in layers if layer.source().endswith(f"/{name}.tif"))
        for layers in [add(found)]
        for name in ("labels", "canopy_height", "features")
    )
    assert legend_of(labels) == ["Class", "building", "其他"]
    assert legend_of(features) == ["Component 1", "Component 2", "Component 3"]
    assert legend_of(heights)[0] == "in m"


def test_names_in_a_file_are_in_the_user_s_language(finished, add, raster, in_chinese):
    """… where the results do not say them: those of the cover of trees are the same for all models."""
    found = finished(["labels"], [raster])
    with_tags(found.folder / "labels.tif", "labels", RSDINO_CLASSES=json.dumps(CLASSES))
    (labels,) = add(found)
    assert legend_of(labels)[1:] == ["建筑物", "其他"]


def test_order_titles_and_recipe_are_the_tasks(finished, add, raster):
    layers = add(finished(["confidence", "labels", "unheard_of"], [raster]))
    expected = [f"{name} · {raster.stem}" for name in ("Labels", "Confidence", "unheard_of")]
    assert [layer.name() for layer in layers] == expected
    for layer in layers:
        assert json.loads(layer.customProperty("rsdino/request"))["inputs"]["rasters"] == [str(raster)]
        assert str(raster) in layer.metadata().abstract() and layer.metadata().history()
    ((group, ((entry, names),)),) = tree(QgsProject.instance().layerTreeRoot())
    assert group == raster.stem and entry.endswith(" · Segment")
    assert names == expected


def test_group_stands_right_above_its_raster_inside_the_rasters_own_group(finished, add, raster):
    project = QgsProject.instance()
    root = project.layerTreeRoot()
    outer = root.addGroup("外")
    for name in ("above", "image", "below"):
        layer = QgsRasterLayer(str(raster) if name == "image" else str(shutil.copy(raster, raster.with_name(name))))
        layer.setName(name)
        project.addMapLayer(layer, False)
        outer.addLayer(layer)
    add(finished(["labels"], [raster]))
    add(finished(["labels"], [raster]))
    above, (group, entries), image, below = tree(outer)
    assert (above, group, image, below) == ("above", "image", "image", "below")
    assert len(entries) == 2  # the earlier run is kept
    newest, earlier = outer.children()[1].children()
    assert newest.isVisible() and not earlier.isVisible()


def test_results_of_several_rasters_stand_beside_each(finished, add, raster):
    other = raster.with_name("b.tif")
    shutil.copy(raster, other)
    project = QgsProject.instance()
    for path in (raster, other):
        project.addMapLayer(QgsRasterLayer(str(path), path.stem))
    summary = {"rasters": [{"raster": str(raster), "name": "a"}, {"raster": str(other), "name": "a_2"}]}
    add(finished(["a_labels", "a_2_labels", "a_2_confidence"], [raster, other], summary=summary))
    groups = {group.name(): tree(group)[0][1] for group in project.layerTreeRoot().findGroups()}
    assert groups == {raster.stem: [f"Labels · {raster.stem}"], "b": ["Labels · b", "Confidence · b"]}


def test_maps_of_several_models_are_called_as_their_tasks_call_them(finished, add, raster):
    made = finished(["labels", "vit_canopy_height", "tree-cover"], [raster], task="maps")
    titles = ("Labels", "Canopy height (vit)", "Tree cover")
    assert {layer.name() for layer in add(made)} == {f"{title} · {raster.stem}" for title in titles}


def test_legend_is_in_the_users_language_where_the_model_knows_it(finished, add, raster, in_chinese):
    (layer,) = add(finished(["labels"], [raster], classes=CLASSES))
    assert [entry.label for entry in layer.renderer().classes()] == ["建筑物", "其他"]
    assert [(e.value, e.color.name()) for e in layer.renderer().classes()] == [(0, "#cd4a3e"), (1, "#969696")]


def test_legend_keeps_the_models_words_in_other_languages(finished, add, raster):
    (layer,) = add(finished(["labels"], [raster], classes=CLASSES))
    assert [entry.label for entry in layer.renderer().classes()] == ["building", "其他"]


def test_files_that_are_gone_or_broken_are_left_out(finished, add, raster):
    made = finished(["labels", "confidence"], [raster])
    (made.folder / "labels.tif").unlink()
    (made.folder / "confidence.tif").write_bytes(b"no raster")
    assert add(made) == []
    assert tree(QgsProject.instance().layerTreeRoot()) == []


def test_polygons_with_confidence_come_with_the_review_style_beside_their_own(finished, add, raster):
    from rs_dino_plugin.engine_client.documents import Link
    from rs_dino_plugin.recipes import is_result

    found = finished(["labels"], [raster], classes=CLASSES)
    document = json.dumps({"classes": {"value": CLASSES}})
    (found.folder / "results.json").write_text(document, encoding="utf-8")
    memory = QgsVectorLayer("Polygon?crs=EPSG:4326&field=class_id:integer&field=confidence:double", "p", "memory")
    paths = {name: str(found.folder / f"{name}.gpkg") for name in ("polygons", "crowns")}
    for path in paths.values():
        options = QgsVectorFileWriter.SaveVectorOptions()
        QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, QgsProject.instance().transformContext(), options)
        memory.dataProvider().deleteAttributes([1])  # crowns have none
        memory.updateFields()
    found.results.links.update({name: Link(path, "", "") for name, path in paths.items()})
    layers = {layer.source().split("/")[-1].split(".")[0]: layer for layer in add(found)}
    assert [len(layers[name].styleManager().styles()) for name in ("labels", "polygons", "crowns")] == [1, 2, 1]
    styles = layers["polygons"].styleManager()
    own = next(name for name in styles.styles() if name != "Review")
    assert styles.currentStyle() == own
    styles.setCurrentStyle("Review")
    assert is_result(layers["polygons"])
    labels = [item.label() for item in layers["polygons"].renderer().legendSymbolItems()]
    assert {"below 40 %", "building", "其他"} <= set(labels)
