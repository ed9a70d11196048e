"""The review of what Processing made: where its corrections stay, and which classes there are."""

import shutil
import uuid
from pathlib import Path

import pytest
from qgis.core import QgsProcessingUtils, QgsProject, QgsVectorLayer


@pytest.fixture
def temporary(segmented):
    """Polygons as Processing writes them when nobody names a file: all under the same name, and nothing beside them."""

    def make():
        folder = Path(QgsProcessingUtils.tempFolder()) / uuid.uuid4().hex
        folder.mkdir()
        path = shutil.copy(str(segmented / "suburb_polygons.gpkg"), str(folder / "POLYGONS.gpkg"))
        return QgsVectorLayer(path, "多边形")

    return make


def test_corrections_of_what_qgis_deletes_at_its_end_stay(plugin, qgis_new_project, temporary, jobs, tmp_path):
    from rs_dino_plugin.review.places import corrections_path
    from rs_dino_plugin.settings import jobs_folder

    project, one, other = QgsProject.instance(), temporary(), temporary()
    paths = [corrections_path(layer, project) for layer in (one, other, one)]
    assert paths[0] == paths[2] != paths[1]
    assert all(path.parent == jobs_folder() / "reviews" for path in paths)
    project.write(str(tmp_path / "项目.qgz"))
    assert corrections_path(one, project).parent == tmp_path


def test_classes_are_the_model_s_though_nothing_lies_beside(plugin, temporary, segmented):
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.legend import class_tables
    from rs_dino_plugin.recipes import Recipe, write_recipe
    from rs_dino_plugin.review.classes import classes_of, results_of

    layer = temporary()
    names = {feature["class_id"]: feature["class"] for feature in layer.getFeatures()}
    assert 0 < len(names) < 6
    styled = classes_of(layer, names)
    assert {one.id: one.name for one in styled} == names
    assert {one.id: one.color.name() for one in styled}[0] == "#cd4a3e"
    (table,) = class_tables(results_of(segmented / "results.json"))
    write_recipe(layer, Recipe(Request("segment", {}), "", "polygons", classes=table))
    found = classes_of(layer, names)
    assert [one.id for one in found] == [0, 1, 2, 3, 4, 5]
    assert {one.id: one.color.name() for one in found}[5] == "#cdaa7d"
