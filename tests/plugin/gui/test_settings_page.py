"""The page of the engine: set up from it, looked at on it, and a report that tells nothing private."""

import getpass
import os
import shutil
import sys
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox
from waiting import wait_until

sys.path.append(str(Path(__file__).resolve().parents[1] / "engine_client"))
from tiny_wheels import make_engine, make_folder  # noqa: E402

UV = Path(sys.executable).parent / "uv"


@pytest.fixture
def page(own_settings):
    """Makes the page, and shows it as the options do."""
    from rs_dino_plugin.gui.settings_page import SettingsPage

    made = []

    def make():
        made.append(SettingsPage(None))
        made[-1].show()
        return made[-1]

    yield make
    for one in made:
        wait_until(lambda one=one: one.doctor._task is None and one.setup._task is None)
        one.deleteLater()


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """The plugin carries a tiny engine, and everything it needs lies in a folder of wheels."""
    from rs_dino_plugin import paths, setup_choices
    from rs_dino_plugin.gui import setup_panel

    wheel = make_engine(tmp_path / "zip")
    for module in (paths, setup_choices, setup_panel):
        monkeypatch.setattr(module, "engine_wheel", lambda: wheel)
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return make_folder(tmp_path / "轮子 wheels")


def looked_at(page):
    wait_until(lambda: page.doctor._task is None and page.doctor.verdict.text() != "")
    return page.doctor


def test_without_an_engine_the_page_says_so_and_offers_to_set_up(page):
    shown = page()
    assert "no engine yet. Press “Set up” below" in looked_at(shown).verdict.text()
    assert "Options" not in shown.doctor.verdict.text()  # this page is where that leads
    assert shown.setup.start.text() == "Set up" and "Nothing is set up" in shown.setup.state.text()
    assert shown.setup.make.isChecked()
    wait_until(lambda: shown.setup.reason.text() != "")
    assert "PyTorch" in shown.setup.reason.text()


def test_the_engine_is_set_up_from_the_page(page, tiny, own_settings):
    from rs_dino_plugin.settings import engine_python

    shown = page()
    looked_at(shown)
    set_up_offline(shown, tiny)
    assert shown.setup.cancel.isVisibleTo(shown) and not shown.setup.start.isVisibleTo(shown)
    assert not shown.setup.folder.isEnabled() and not shown.setup.python.isEnabled()
    wait_until(lambda: shown.setup._task is None)
    assert "ready" in shown.setup.said.text(), shown.setup.said.text()
    assert engine_python().reason == "set up by RS-DINO"
    assert engine_python().path.is_relative_to(Path(os.environ["XDG_DATA_HOME"]) / "rs-dino" / "engine")
    assert "Everything that is needed" in looked_at(shown).verdict.text()
    assert "9.9.9" in shown.setup.state.text()
    again = page()  # another time the options are opened
    assert again.setup.sources.wheels.filePath() == str(tiny) and again.setup.sources.offline.isChecked()


def set_up_offline(shown, wheels):
    """Begin with what lies in a folder, by pip."""
    shown.setup.base.setFilePath("/usr/bin/python3")
    shown.setup.sources.wheels.setFilePath(str(wheels))
    shown.setup.sources.offline.setChecked(True)
    shown.setup.sources.uv.setChecked(False)
    shown.setup.start.click()


def test_cancelled_it_can_be_gone_on_with_or_removed(page, tiny, monkeypatch):
    from rs_dino_plugin.settings import engine_python

    shown = page()
    set_up_offline(shown, tiny)
    shown.setup._task.heard.connect(lambda progress: shown.setup.cancel.click())
    wait_until(lambda: shown.setup._task is None)
    assert "cancelled" in shown.setup.said.text()
    assert engine_python() is None and shown.setup.start.text() == "Go on"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    shown.setup.remove.click()
    assert shown.setup.start.text() == "Set up"


def test_it_goes_on_when_the_options_are_closed(page, tiny):
    first = page()
    first.setup.base.setFilePath("/usr/bin/python3")
    first.setup.sources.wheels.setFilePath(str(tiny))
    first.setup.sources.uv.setChecked(False)
    first.setup.sources.offline.setChecked(True)
    first.setup.start.click()
    first.hide()
    second = page()
    assert second.setup._task is first.setup._task and second.setup.bar.isVisibleTo(second)
    second.setup.cancel.click()
    wait_until(lambda: second.setup._task is None and first.setup._task is None)


def test_a_failure_is_one_sentence_and_can_be_tried_again(page, tiny):
    shown = page()
    shutil.rmtree(tiny)
    shown.setup.base.setFilePath("/usr/bin/true")
    shown.setup.sources.uv.setChecked(False)
    shown.setup.start.click()
    wait_until(lambda: shown.setup._task is None)
    assert "/usr/bin/true cannot be used" in shown.setup.said.text()
    assert shown.setup.start.isVisibleTo(shown)
    shown.setup.use.click()
    assert not shown.setup.start.isEnabled() and shown.setup.said.isEnabled()  # the words stay readable


def test_what_a_tool_said_is_introduced_in_the_users_language(page, tiny):
    from rs_dino_plugin.i18n import Translation

    for wheel in tiny.iterdir():
        wheel.unlink()
    translation = Translation("zh-Hans")
    try:
        shown = page()
        set_up_offline(shown, tiny)
        wait_until(lambda: shown.setup._task is None)
        ours, tool = shown.setup.said.text().split("<br>")
        assert "没有适合本机" in ours and "distribution" not in ours and "reason" not in ours
        assert tool.startswith("安装工具的提示：") and "No matching distribution" in tool
    finally:
        translation.remove()


def test_mirrors_are_filled_in_and_kept(page):
    from rs_dino_plugin.setup_choices import load_choices

    shown = page()
    shown.setup.sources.china.click()
    shown.setup.build.setCurrentIndex(shown.setup.build.findData("cu126"))
    shown.apply()
    kept = load_choices()
    assert kept.index.startswith("https://") and kept.model_mirror == "https://hf-mirror.com" and kept.build == "cu126"
    assert page().setup.sources.fields["index"].text() == kept.index
    wishes = kept.wishes("http://proxy:1")
    assert (wishes.index, wishes.proxy, wishes.wheel.suffix) == (kept.index, "http://proxy:1", ".whl")


def test_a_python_of_ones_own_is_examined_before_it_is_kept(page, real_engine, own_settings):
    shown = page()
    looked_at(shown)
    shown.setup.python.setFilePath(real_engine)
    assert shown.setup.use.isChecked()
    doctor = looked_at(shown)
    assert "Everything that is needed" in doctor.verdict.text()
    text = doctor.checks.toPlainText()
    assert "torch" in text and "starter-landcover" in text and "Using the processor" in text
    assert own_settings.value("rsdino/engine_python") is None
    shown.apply()
    assert own_settings.value("rsdino/engine_python") == real_engine


def test_a_python_is_examined_when_it_is_typed_and_not_before(page, real_engine):
    shown = page()
    looked_at(shown)
    examined = []
    shown.setup.changed.connect(lambda: examined.append(shown.setup.chosen()))
    QApplication.setActiveWindow(shown)
    line = shown.setup.python.lineEdit()
    line.setFocus()
    QTest.keyClicks(line, real_engine)
    assert shown.setup.use.isChecked() and examined == []
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert examined == [real_engine]
    assert "Everything that is needed" in looked_at(shown).verdict.text()
    shown.setup.make.click()  # another choice is another engine
    assert examined == [real_engine, ""] and "no engine yet" in looked_at(shown).verdict.text()
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Tab)  # nothing was changed
    assert len(examined) == 2


def test_a_python_that_is_typed_in_a_window_without_the_focus_is_examined(page, real_engine):
    shown = page()
    examined = []
    shown.setup.changed.connect(lambda: examined.append(shown.setup.chosen()))
    line = shown.setup.python.lineEdit()
    QTest.keyClicks(line, real_engine)  # at once, while the page still looks at another
    wait_until(lambda: examined == [real_engine])
    assert "Everything that is needed" in looked_at(shown).verdict.text()


def test_copying_the_report_is_said(page):
    doctor = looked_at(page())
    assert doctor.copied.text() == ""
    doctor.copy.click()
    assert QApplication.clipboard().text().startswith("### RS-DINO") and "Copied" in doctor.copied.text()
    doctor.examine()
    assert doctor.copied.text() == ""


def test_the_answer_about_the_last_one_named_is_shown(page, real_engine):
    shown = page()
    looked_at(shown)
    shown.setup.python.setFilePath(real_engine)
    first, ended = shown.doctor._task, []
    first.ended.connect(lambda *said: ended.append(said))
    shown.setup.python.setFilePath("/nowhere/python")
    assert "/nowhere/python" in shown.doctor.verdict.text()
    wait_until(lambda: ended)
    assert "/nowhere/python" in shown.doctor.verdict.text() and shown.doctor.again.isEnabled()


def test_a_python_without_engine_is_said_with_what_to_do(page):
    shown = page()
    shown.setup.python.setFilePath("/usr/bin/python3")
    shown.doctor.examine()
    doctor = looked_at(shown)
    assert "not installed in /usr/bin/python3" in doctor.verdict.text()
    assert "Choose another Python below" in doctor.verdict.text() and "Options" not in doctor.verdict.text()
    assert "pip install" in doctor.used.text() and ".whl" in doctor.used.text()


def test_the_report_can_be_copied_and_is_scrubbed(page, monkeypatch, tmp_path):
    monkeypatch.setattr(getpass, "getuser", lambda: "zhang.san")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/zhang.san"))
    shown = page()
    shown.setup.python.setFilePath("/home/zhang.san/venv/bin/python")
    shown.doctor.examine()
    shown.doctor.copy.click()
    report = QApplication.clipboard().text()
    assert "QGIS 3" in report and "~/venv/bin/python" in report and "zhang" not in report


def test_advice_names_what_to_do(plugin):
    from rs_dino_plugin.engine_client.machine import Card
    from rs_dino_plugin.gui.doctor_panel import advised

    def check(title, state, code):
        return {"title": title, "state": state, "said": "", "message": {"code": code, "params": {}, "text": ""}}

    card = Card("RTX 4070", (580,), 12000, 8.9)
    no_build, none = (
        check("device cuda", "note", "device-cuda-no-build"),
        check("device cuda", "note", "device-cuda-none"),
    )
    assert advised([no_build], []) == []
    assert "RTX 4070" in advised([no_build], [card])[0]
    assert "driver" in advised([none], [card])[0]
    assert "rasterio" in advised([check("rasterio", "bad", "doctor-broken")], [])[0]


def test_what_the_doctor_says_is_shown_in_chinese(page, real_engine):
    from rs_dino_plugin.i18n import Translation

    translation = Translation("zh-Hans")
    try:
        shown = page()
        shown.setup.python.setFilePath(real_engine)
        shown.doctor.examine()
        doctor = looked_at(shown)
        lines = [line for line in doctor.checks.toPlainText().splitlines() if line.strip()]
        english = ("Using", "GB free", "built for", "Always", "does not load", "unless")
        assert not [line for line in lines if any(word in line for word in english)]
    finally:
        translation.remove()
