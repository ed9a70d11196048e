"""Models of the library are deleted after a question; others cannot be. With the real engine and a real model."""

import shutil
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMessageBox, QPushButton
from waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def page(own_settings, real_engine, monkeypatch, tmp_path):
    """The page, with a model in the library: a copy of a starter under another name."""
    from rs_dino_plugin.gui.models_page import ModelsPage

    library = tmp_path / "模型 library"
    shutil.copytree(ROOT / "resources" / "models" / "starter-canopy", library / "my-heights")
    spec = library / "my-heights" / "model.json"
    text = spec.read_text(encoding="utf-8").replace('"starter-canopy"', '"my-heights"')
    spec.write_text(text.replace("Starter: canopy height", "My heights"), encoding="utf-8")
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", real_engine)
    made = ModelsPage(None)
    made.show()
    wait_until(made.idle, made.said.text)
    yield made
    wait_until(made.idle, made.said.text)
    made.deleteLater()


def choose(page, title):
    (item,) = page.tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    page.tree.setCurrentItem(item)


def test_a_model_of_the_library_goes_after_a_question(page, tmp_path):
    from rs_dino_plugin.settings import known_models

    folder = tmp_path / "模型 library" / "my-heights"
    choose(page, "Starter: canopy height")
    assert not page.delete.isVisibleTo(page)
    choose(page, "My heights")
    assert page.delete.isVisibleTo(page) and known_models() == ["my-heights"]
    page.delete.click()
    box = page.findChild(QMessageBox, "rsDinoDeleteModel")
    assert "“My heights”" in box.text() and str(folder) in box.informativeText()
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert folder.is_dir()
    page.delete.click()
    box = [one for one in page.findChildren(QMessageBox, "rsDinoDeleteModel") if one.isVisible()][0]
    QTest.mouseClick(box.findChild(QPushButton, "rsDinoDeleteModelNow"), Qt.MouseButton.LeftButton)
    wait_until(lambda: page.idle() and known_models() == [], page.said.text)
    assert list(folder.parent.iterdir()) == []
    titles = page.tree.findItems("My heights", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    assert titles == []


def test_one_that_is_gone_meanwhile_is_one_sentence(page, tmp_path):
    choose(page, "My heights")
    page.delete.click()
    shutil.rmtree(tmp_path / "模型 library" / "my-heights")
    page.findChild(QPushButton, "rsDinoDeleteModelNow").click()
    assert "“My heights” is not in the library any more" in page.said.text()
