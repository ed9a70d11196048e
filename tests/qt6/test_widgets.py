"""Every module of ours that draws is imported on Qt 6; every widget in it is built, clicked and grabbed."""

import inspect
import time
from importlib import import_module

import pytest
from conftest import PICTURES, ROOT
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QT_VERSION_STR, QPoint, QSize, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QFileDialog,
    QMessageBox,
    QSlider,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QWidget,
)
from samples import samples

GUI = ROOT / "rs_dino_plugin" / "gui"
MODULES = sorted("rs_dino_plugin.gui." + path.stem for path in GUI.glob("*.py") if path.stem != "__init__")
SEEN = set()
OTHERS = ("rs_dino_plugin.plugin", "rs_dino_plugin.processing.provider")


def widgets_of(module) -> list:
    """The widget classes that a module defines."""
    found = vars(import_module(module)).values()
    return [one for one in found if isinstance(one, type) and issubclass(one, QWidget) and one.__module__ == module]


def test_this_is_qt6(app):
    assert QT_VERSION_STR.startswith("6.")


@pytest.mark.parametrize("module", [*MODULES, *OTHERS])
def test_module_is_imported(app, module):
    import_module(module)


@pytest.fixture
def answers(app, monkeypatch):
    """Dialogs that would wait for somebody; and nothing is installed."""
    from rs_dino_plugin.gui import setup_panel

    monkeypatch.setattr(setup_panel, "start_setup", lambda choices: None)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    monkeypatch.setattr(QMessageBox, "question", lambda *_, **__: QMessageBox.StandardButton.No)
    monkeypatch.setattr(QDialog, "exec", lambda *_: 0)


@pytest.mark.parametrize("module", MODULES)
def test_widgets_are_built_clicked_and_grabbed(app, raised, answers, module, tmp_path):
    given = samples(tmp_path)
    for kind in widgets_of(module):
        names = [name for name in inspect.signature(kind.__init__).parameters if name != "self"]
        if not set(names) <= set(given):
            continue  # a part of other widgets, which are built with it: the last test sees to that
        widget = kind(*(given[name] for name in names))
        if not widget.isWindow():
            widget.setParent(None)  # a page, which its window would lay out
        widget.resize(widget.sizeHint().expandedTo(QSize(300, 40)))
        widget.show()
        given["follower"].find()
        wait_for(lambda: given["follower"].jobs, app)
        assert raised == [], kind
        grab(widget, kind.__name__)
        use(widget, app)
        assert raised == [], kind
        SEEN.update(type(one) for one in ([] if sip.isdeleted(widget) else widget.findChildren(QWidget)))
        SEEN.add(kind)
        if not sip.isdeleted(widget):
            widget.hide()
            widget.deleteLater()
        app.processEvents()


def test_plugin_starts_opens_its_dock_and_goes(app, raised, answers, tmp_path):
    from rs_dino_plugin import classFactory

    interface = samples(tmp_path)["iface"]
    interface.window.show()
    plugin = classFactory(interface)
    plugin.initGui()
    for factory in plugin.options:
        page = factory.createWidget(interface.window)
        page.show()
        app.processEvents()
        page.deleteLater()
    plugin.desktop.action.trigger()
    dock = plugin.desktop.dock
    assert dock.isVisible()
    wait_for(lambda: dock.follower.jobs, app)
    use(dock, app)
    QTest.mouseClick(dock.run_page.run, Qt.MouseButton.LeftButton)
    grab(interface.window, "window")
    assert dock.run_page.message.text()
    plugin.unload()
    app.processEvents()
    assert raised == [] and interface.tools.actions() == []


def test_no_widget_was_left_out(app, request):
    if len(request.session.items) < len(MODULES):
        pytest.skip("only some of the tests were run")
    left = {kind.__name__ for module in MODULES for kind in widgets_of(module) if kind not in SEEN}
    assert not left, "neither a part of another widget, nor does samples.py know their arguments"


def wait_for(condition, app) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        app.processEvents()


def use(widget, app) -> None:
    """Choose everything that can be chosen, click every button, open every menu's entries."""
    for box in widget.findChildren(QComboBox):
        for index in range(box.count()):
            box.setCurrentIndex(index)
            app.processEvents()
    for tabs in widget.findChildren(QTabWidget):
        for index in range(tabs.count()):
            tabs.setCurrentIndex(index)
            app.processEvents()
    for slider in widget.findChildren(QSlider):
        slider.setValue(slider.minimum())
    for tree in [widget, *widget.findChildren(QTreeWidget)]:
        if isinstance(tree, QTreeWidget) and tree.topLevelItemCount():
            tree.setCurrentItem(tree.topLevelItem(0))
    for button in widget.findChildren(QAbstractButton):
        if sip.isdeleted(button):  # with the dialog that an earlier one closed
            continue
        if isinstance(button, QToolButton) and button.menu() is not None:
            for action in button.menu().actions():
                action.trigger()
        elif button.isVisible() and button.isEnabled():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
        app.processEvents()
    for dialog in [] if sip.isdeleted(widget) else widget.findChildren(QDialog):
        dialog.close()


def grab(widget, name) -> None:
    """The picture has more than one colour."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    image = widget.grab().toImage()
    assert image.width() > 20 and image.height() > 10
    image.save(str(PICTURES / f"{name}.png"))
    colours = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert len(colours) > 1, name
