"""The vectorize task as a job runs it."""

import json

import numpy as np
import pytest
import shapely
from conftest_vector import read
from pydantic import ValidationError
from rs_dino_engine.errors import UserError
from rs_dino_engine.tasks import declaration
from rs_dino_engine.tasks.vectorize import Inputs, run

TAGS = {
    "RSDINO_CLASSES": json.dumps(
        [
            {"id": 0, "name": "背景", "color": [200, 200, 200]},
            {"id": 1, "name": "房屋", "color": [220, 60, 40]},
        ]
    )
}
LABELS = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]], np.uint8)


class FakeJob:
    """Collects what a task says; folders are real."""

    def __init__(self, outputs):
        self.outputs, self.progress, self.warned = outputs, [], []
        outputs.mkdir(parents=True)

    def report(self, progress=None, message=None, **metrics):
        if progress is not None:
            self.progress.append(progress)

    def warn(self, message):
        self.warned.append(message)

    def check_cancel(self):
        pass


def vectorize(tmp_path, labels, **inputs):
    job = FakeJob(tmp_path / "outputs")
    return run(Inputs(labels=str(labels), output=str(tmp_path / "到 这里" / "面.gpkg"), **inputs), job), job


def test_results(write, tmp_path):
    results, job = vectorize(tmp_path, write(LABELS, tags=TAGS))
    assert results["polygons"]["href"] == str(tmp_path / "outputs" / "面.gpkg")
    assert results["polygons"]["type"] == "application/geopackage+sqlite3"
    rows = {row["name"]: row for row in results["classes"]["value"]}
    assert rows["房屋"]["pixels"] == 4 and rows["房屋"]["share"] == 0.25 and rows["房屋"]["color"] == "#dc3c28"
    assert results["summary"]["value"] == {"polygons": 2, "pixels": 16}
    assert job.progress == sorted(job.progress) and job.progress[-1] == 100
    assert set(read(tmp_path / "outputs" / "面.gpkg").fields["class"]) == {"背景", "房屋"}


def test_classes_by_name_or_id(write, tmp_path):
    results, _ = vectorize(tmp_path, write(LABELS, tags=TAGS), classes="房屋")
    assert [row["id"] for row in results["classes"]["value"]] == [1]
    with pytest.raises(UserError) as refused:
        run(Inputs(labels=str(write(LABELS, tags=TAGS)), output="x.gpkg", classes="forest"), FakeJob(tmp_path / "o2"))
    assert refused.value.message.code == "vector-class-unknown" and "房屋" in str(refused.value)


def test_names_from_a_colour_table(write, tmp_path):
    path = write(LABELS, colors={0: (0, 0, 0, 255), 1: (9, 8, 7, 255)})
    results, _ = vectorize(tmp_path, path)
    assert [(r["name"], r["color"]) for r in results["classes"]["value"]] == [("0", "#000000"), ("1", "#090807")]


def test_options_reach_the_polygons(write, tmp_path):
    results, _ = vectorize(tmp_path, write(LABELS), min_area_m2=5)
    found = read(tmp_path / "outputs" / "面.gpkg")
    assert shapely.area(found.geometry).tolist() == [16]
    assert results["summary"]["value"]["polygons"] == 1


def test_declaration():
    declared = declaration("vectorize")
    flags = {f.json_schema_extra.get("flag") for f in declared.inputs.model_fields.values()}
    assert {"--min-area", "--fill-holes", "--simplify"} <= flags
    with pytest.raises(ValidationError):
        Inputs(labels="a.tif", output="b.gpkg", min_area_m2=-1)


def test_the_confidence_beside_the_labels_is_found(write, tmp_path):
    """… where it is named as a prediction names it, and lies on the same grid; otherwise nothing is said of it."""
    labels = write(LABELS, "田_labels.tif", tags=TAGS)
    write(np.full(LABELS.shape, 0.75, np.float32), "田_confidence.tif")
    results, job = vectorize(tmp_path, labels)
    assert results["summary"]["value"]["polygons"] == 2
    assert set(read(tmp_path / "outputs" / "面.gpkg").fields["confidence"]) == {75.0}
    assert [said.code for said in job.warned] == ["confidence-beside"]
    write(np.full((2, 2), 0.75, np.float32), "田_confidence.tif")
    again, silent = vectorize(tmp_path / "其他", labels)
    assert again["summary"] == results["summary"] and not silent.warned
