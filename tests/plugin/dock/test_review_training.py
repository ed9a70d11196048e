"""Corrections are labels: the real engine trains on the file as the review leaves it."""

import json
import subprocess

from dock_actions import SAMPLES, click
from qgis.PyQt.QtWidgets import QPushButton
from review_actions import KEY, key


def test_corrections_go_into_training_as_they_are(reviewed, result, engine, tmp_path):
    """Deleted polygons teach nothing; classes keep the model's order, so that its head is kept."""
    from rs_dino_plugin.gui.train_with import parameters
    from rs_dino_plugin.recipes import read_recipe

    review = reviewed.review
    while review.position + 12 < len(review.order):
        key(KEY.Key_Right)
    for code in (KEY.Key_A, KEY.Key_Delete, KEY.Key_A, KEY.Key_4, KEY.Key_1, *[KEY.Key_A] * 7):
        key(code)
    assert len(review.corrections.decided) == 12
    filled = parameters(review.corrections.path, list(review.classes.values()), read_recipe(result))
    assert filled["INPUT"] == [str(SAMPLES / "suburb.tif")] and filled["MODEL"] == "starter-landcover"
    inputs = {name.lower(): value for name, value in filled.items()}
    inputs["images"] = inputs.pop("input")  # the raster's name in Processing
    assert inputs.pop("model_output")
    inputs["classes"] = json.loads(inputs["classes"])
    assert list(inputs["classes"])[:2] == ["building", "road and paved"] and len(inputs["classes"]) == 6
    inputs.update(output=str(tmp_path / "模型"), epochs=1, chip_size=256, batch_size=8, mode="frozen", device="cpu")
    job = tmp_path / "job"
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"processID": "finetune", "inputs": inputs}), encoding="utf-8")
    command = [str(engine), "-m", "rs_dino_engine", "run", str(request), "--job", str(job)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (tmp_path / "模型").rglob("model.json")
    classes = json.loads(made.read_text(encoding="utf-8"))["output"]["class_map"]["classes"]
    assert [one["name"] for one in classes] == [one.name for one in review.classes.values()]
    assert classes[0]["color"] == [205, 74, 62] and classes[3]["names"] == {"zh": "树木"}, "as the model has them"
    status = (job / "status.ndjson").read_text(encoding="utf-8")
    assert "training-weights-partly" not in status  # every weight of the model fits
    assert "dataset-values-ignored" not in status  # no label names a class that is none


def test_dialog_of_the_training_is_filled_in(reviewed, qgis_iface, monkeypatch):
    from qgis.gui import QgsBrowserGuiModel

    model = QgsBrowserGuiModel()  # pytest-qgis' interface has none
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    click(reviewed, QPushButton, "rsDinoReviewTrain")
    assert "fewer than two classes" in reviewed.panel.message.text()
    key(KEY.Key_1)
    key(KEY.Key_4)
    click(reviewed, QPushButton, "rsDinoReviewTrain")
    (dialog,) = reviewed.dialogs.opened
    filled = dialog.mainWidget().createProcessingParameters()
    assert filled["LABELS"] == str(reviewed.review.corrections.path) and filled["CLASS_FIELD"] == "class"
    assert filled["INPUT"] == [str(SAMPLES / "suburb.tif")] and filled["MODEL"] == "starter-landcover"
    assert json.loads(filled["CLASSES"])["tree"] == 3
    dialog.close()
