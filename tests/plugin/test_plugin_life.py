"""Loading and unloading: what the plugin puts into QGIS, takes out again, and costs."""

import json
import os
import statistics
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from qgis.PyQt.QtWidgets import QPushButton

STAGE = Path(__file__).resolve().parents[2] / "build" / "stage"
MEASURE = """
import sys, time
from qgis.core import QgsApplication
app = QgsApplication([], True)
app.initQgis()
import json
import os
from qgis.gui import QgsLayerTreeView, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QMainWindow

class Interface(QObject):
    initializationCompleted = pyqtSignal()
    window, bar, tree = QMainWindow(), QgsMessageBar(), QgsLayerTreeView()

    def mainWindow(self):
        return self.window

    def messageBar(self):
        return self.bar

    def layerTreeView(self):
        return self.tree

    def __getattr__(self, name):  # what it is told
        return lambda *_: None

interface = Interface()
before = set(sys.modules)  # newer QGIS loads numpy by itself
sys.path.insert(0, sys.argv[1])
began, began_cpu = time.perf_counter(), time.process_time()
import rs_dino_plugin
plugin = rs_dino_plugin.classFactory(interface)
plugin.initGui()
ms, cpu_ms = (time.perf_counter() - began) * 1000, (time.process_time() - began_cpu) * 1000
loaded = sorted({"torch", "rasterio", "numpy", "rs_dino_engine"} & (set(sys.modules) - before))
print(json.dumps({"ms": ms, "cpu_ms": cpu_ms, "loaded": loaded}))
plugin.unload()
app.exitQgis()
"""
START_MS = 50


def test_unload_of_what_was_never_started_does_nothing(processing):
    import rs_dino_plugin

    rs_dino_plugin.classFactory(None).unload()


def test_start_is_quick_and_loads_no_engine(processing):
    """Ten warm starts with everything that is put into the window, each in a QGIS of its own. The median is what is
    said; what is held is the least, of the processor's time: other programs run beside a test and slow it down."""
    warm = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    runs = []
    for _ in range(11):
        command = [sys.executable, "-c", MEASURE, str(STAGE)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=warm)
        runs.append(json.loads(done.stdout))
    for which in ("ms", "cpu_ms"):
        print("start-up, median", which, round(statistics.median(run[which] for run in runs[1:]), 1))
    assert min(run["cpu_ms"] for run in runs[1:]) <= START_MS
    assert all(run["loaded"] == [] for run in runs)


def test_the_pages_stand_in_the_options_where_they_belong(plugin, qgis_app):
    from rs_dino_plugin.gui.options import MODELS, SETTINGS, ModelsPageFactory, SettingsPageFactory

    engine, models = SettingsPageFactory(), ModelsPageFactory()
    assert engine.title() == "RS-DINO" and models.path() == ["RS-DINO"]
    pages = [engine.createWidget(None), models.createWidget(None)]
    assert [page.objectName() for page in pages] == [SETTINGS, MODELS]
    for page in pages:
        page.deleteLater()


class Interface:
    """What the notice needs of QGIS's, with a real message bar."""

    def __init__(self):
        from qgis.gui import QgsMessageBar

        self.bar, self.opened = QgsMessageBar(), []

    def messageBar(self):  # noqa: N802
        return self.bar

    def mainWindow(self):  # noqa: N802
        return None

    def showOptionsDialog(self, parent, page):  # noqa: N802
        self.opened.append(page)


@pytest.fixture
def new_profile(plugin, monkeypatch, tmp_path):
    """Nothing is set, and no engine is where one is looked for."""
    from qgis.core import QgsSettings

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    QgsSettings().remove("rsdino")
    yield
    QgsSettings().remove("rsdino")


def test_what_to_do_next_is_said_once_in_a_new_profile(new_profile, qgis_app):
    from rs_dino_plugin.gui.engine_notice import EngineNotice

    interface = Interface()
    notice = EngineNotice(interface)
    notice.welcome_later()
    assert interface.bar.currentItem() is None  # QGIS goes on starting
    qgis_app.processEvents()
    shown = interface.bar.currentItem()
    assert "set up the engine" in shown.text()
    shown.findChild(QPushButton).click()
    assert interface.opened == ["rsDinoSettings"]
    notice.remove()
    again = Interface()
    notice = EngineNotice(again)
    notice.welcome_later()
    qgis_app.processEvents()
    assert again.bar.currentItem() is None
    notice.remove()


def test_nothing_is_said_where_there_is_an_engine_or_the_plugin_has_gone(new_profile, qgis_app, monkeypatch):
    from rs_dino_plugin.gui.engine_notice import EngineNotice

    interface = Interface()
    notice = EngineNotice(interface)
    notice.welcome_later()
    notice.remove()
    qgis_app.processEvents()
    assert interface.bar.currentItem() is None
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", "/an/engine")
    notice = EngineNotice(interface)
    notice.welcome_later()
    qgis_app.processEvents()
    assert interface.bar.currentItem() is None
    notice.remove()


def test_a_missing_engine_is_told_in_the_message_bar_from_any_thread(processing, qgis_app):
    from rs_dino_plugin import notices
    from rs_dino_plugin.gui.engine_notice import EngineNotice

    interface = Interface()
    notice = EngineNotice(interface)
    thread = threading.Thread(target=notices.engine_unusable, args=("No engine.",))
    thread.start()
    thread.join()
    assert interface.bar.currentItem() is None  # not in that thread
    qgis_app.processEvents()
    shown = interface.bar.currentItem()
    assert shown.text() == "No engine."
    shown.findChild(QPushButton).click()
    assert interface.opened == ["rsDinoSettings"]
    notice.remove()
    notices.engine_unusable("Nobody listens.")


def test_what_was_said_of_a_missing_engine_goes_when_one_is_set(new_profile, qgis_app):
    """… also on the page that its button leads to."""
    from rs_dino_plugin import notices
    from rs_dino_plugin.gui.engine_notice import EngineNotice
    from rs_dino_plugin.gui.settings_page import SettingsPage

    interface, page = Interface(), SettingsPage(None)
    notice = EngineNotice(interface)
    notice.welcome_later()
    qgis_app.processEvents()
    for number in range(3):
        notices.engine_unusable(f"No engine ({number}).")
    interface.bar.currentItem().dismiss()  # by hand
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(interface.bar.items()) == 3
    page.apply()  # nothing was set
    assert len(interface.bar.items()) == 3

    def choose(parent, name):
        loop = QEventLoop()
        page.setup.python.setFilePath(sys.executable)
        QTimer.singleShot(0, page.apply)
        QTimer.singleShot(0, loop.quit)
        loop.exec()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    interface.showOptionsDialog = choose
    interface.bar.currentItem().findChild(QPushButton).click()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert interface.bar.items() == []
    while page.doctor._task is not None:
        qgis_app.processEvents()
    page.deleteLater()
    notice.remove()
    notices.engine_works()


def test_settings_page_stores_what_is_chosen(plugin, qgis_app):
    from qgis.core import QgsSettings

    from rs_dino_plugin.gui.settings_page import SettingsPage
    from rs_dino_plugin.settings import engine_python, engine_python_setting, set_engine_python

    try:
        page = SettingsPage(None)
        page.setup.python.setFilePath("/some/引擎/bin/python ")
        page.apply()
        assert QgsSettings().value("rsdino/engine_python") == "/some/引擎/bin/python"
        assert engine_python().path == Path("/some/引擎/bin/python")
        assert SettingsPage(None).setup.python.filePath() == "/some/引擎/bin/python"
    finally:
        set_engine_python("")
    assert engine_python_setting() == ""
    assert engine_python() is None


@pytest.mark.parametrize(
    ("system", "environment", "folder"),
    [
        ("linux", {}, "/h/.local/share/rs-dino/engine"),
        ("linux", {"XDG_DATA_HOME": "/x"}, "/x/rs-dino/engine"),
        ("darwin", {}, "/h/Library/Application Support/RS-DINO/engine"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/RS-DINO/engine"),  # never in the part of a profile that is roamed
    ],
)
def test_where_an_engine_is_set_up(plugin, system, environment, folder):
    from rs_dino_plugin.settings import default_engine_folder

    assert default_engine_folder(system, environment, Path("/h")) == Path(folder)


def test_engine_is_looked_for_where_it_usually_is(plugin, tmp_path, monkeypatch):
    from rs_dino_plugin import settings

    (tmp_path / "bin").mkdir()
    for name in ("rs-dino", "python"):
        (tmp_path / "bin" / name).write_text("")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert settings.engine_python().path == tmp_path / "bin" / "python"
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", "/named/python")
    assert settings.engine_python().path == Path("/named/python")


def test_what_may_be_large_is_not_roamed_on_windows_unless_it_was_before(qgis_app, monkeypatch, tmp_path):
    from qgis.core import QgsApplication, QgsSettings

    from rs_dino_plugin import settings

    profile, local = tmp_path / "漫游 Roaming" / "default", tmp_path / "本地 Local"
    monkeypatch.setattr(QgsApplication, "qgisSettingsDirPath", lambda: str(profile) + "/")
    monkeypatch.setenv("LOCALAPPDATA", str(local))
    QgsSettings().remove(settings.JOBS_FOLDER)
    asked = (settings.jobs_folder, settings.models_folder, settings.live_folder)
    before = [profile / name for name in ("rs_dino_jobs", "rs_dino_models", "rs_dino_live")]
    assert [folder() for folder in asked] == before
    monkeypatch.setattr(settings, "sys", SimpleNamespace(platform="win32"))
    assert [folder() for folder in asked] == [local / "RS-DINO" / name for name in ("jobs", "trained", "live")]
    assert settings.points_folder().parent == profile
    before[0].mkdir(parents=True)
    assert settings.jobs_folder() == before[0] and settings.live_folder() == local / "RS-DINO" / "live"
    QgsSettings().setValue(settings.JOBS_FOLDER, str(tmp_path / "own"))
    try:
        assert settings.jobs_folder() == tmp_path / "own"
    finally:
        QgsSettings().remove(settings.JOBS_FOLDER)
