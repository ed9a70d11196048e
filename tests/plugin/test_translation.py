"""Simplified Chinese: complete, found whatever the locale is called, and shown."""

import datetime
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QLocale

ROOT = Path(__file__).resolve().parents[2]
TRANSLATE = ROOT / "engine" / "staging" / "translate.py"


@pytest.fixture
def chinese(plugin):
    """The plugin as a Chinese QGIS shows it."""
    from rs_dino_plugin.i18n import Translation

    translation = Translation("zh-Hans")
    QgsApplication.processingRegistry().providerById("rsdino").refreshAlgorithms()
    yield translation
    translation.remove()


def test_nothing_is_untranslated_and_the_files_are_up_to_date():
    done = subprocess.run([sys.executable, str(TRANSLATE), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


DATES = {"zh_CN": "2026/11/22 ", "de_DE": "22.11.26 "}


@pytest.mark.parametrize(("formats", "shown_as"), [("C", "zh_CN"), ("de_DE", "de_DE"), ("zh_CN", "zh_CN")])
def test_dates_are_written_as_qgis_is_set_else_in_its_language(plugin, monkeypatch, formats, shown_as):
    from rs_dino_plugin.i18n import moment

    before = QLocale()
    monkeypatch.setattr(QgsApplication, "locale", lambda *_: "zh_CN")
    QLocale.setDefault(QLocale(formats))
    try:
        noon = datetime.datetime(2026, 11, 22, 12, 30).timestamp()
        assert moment(noon).startswith(DATES[shown_as])
    finally:
        QLocale.setDefault(before)


def test_accelerators_are_the_same_letters_in_chinese(plugin):
    """So that one look at the English ones tells whether two are the same."""
    root = ElementTree.parse(ROOT / "i18n" / "rs_dino_zh_CN.ts").getroot()
    pairs = [(one.findtext("source"), one.findtext("translation")) for one in root.iter("message")]
    letters = [(of(source), of(shown)) for source, shown in pairs]
    assert [pair for pair, (one, other) in zip(pairs, letters) if one != other] == []


def of(text):
    found = re.search(r"&(\w)", text or "")
    return found.group(1).lower() if found else ""


@pytest.mark.parametrize("locale", ["zh", "zh_CN", "zh-Hans", "zh_Hans", "zh_SG"])
def test_every_name_of_simplified_chinese_is_known(plugin, locale):
    from rs_dino_plugin.i18n import translation_file

    assert translation_file(locale).name == "rs_dino_zh_CN.qm"


@pytest.mark.parametrize("locale", ["en", "en_GB", "de", "zh_TW", "zh-Hant", "C", ""])
def test_other_locales_stay_english(plugin, locale):
    from rs_dino_plugin.i18n import translation_file

    assert translation_file(locale) is None


def test_algorithms_are_shown_in_chinese(chinese):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    shown = [algorithm.displayName(), algorithm.shortDescription(), algorithm.shortHelpString()]
    shown += [d.description() for d in algorithm.parameterDefinitions()]
    shown += [d.help() for d in algorithm.parameterDefinitions()]
    assert [text for text in shown if not any("一" <= letter <= "鿿" for letter in text)] == []


def test_engine_messages_are_shown_in_chinese(chinese):
    from rs_dino_plugin.engine_client.documents import Message
    from rs_dino_plugin.errors import sentence

    shown = sentence(Message("raster-missing", {"path": "/影像.tif"}, "The raster /影像.tif does not exist."))
    assert "/影像.tif" in shown and "does not exist" not in shown


@pytest.mark.parametrize(
    "message",
    [("not-in-this-catalogue", {}, "A newer engine says this."), ("raster-missing", {"file": "x"}, "Other values.")],
)
def test_messages_of_a_newer_engine_keep_their_english_text(chinese, message):
    from rs_dino_plugin.engine_client.documents import Message
    from rs_dino_plugin.errors import sentence

    assert sentence(Message(*message)) == message[2]


def test_translation_that_is_removed_is_gone(plugin):
    from rs_dino_plugin.i18n import Translation, tr

    translation = Translation("zh-Hans")
    assert tr("Segment") != "Segment"
    translation.remove()
    assert tr("Segment") == "Segment"


def test_checker_finds_missing_translations_and_values(tmp_path, monkeypatch):
    sys.path.insert(0, str(TRANSLATE.parent))
    try:
        import translate
    finally:
        sys.path.pop(0)
    assert translate.missing(["Raster {name}"], {}) == ["no translation of 'Raster {name}'"]
    assert translate.missing(["Raster {name}"], {"Raster {name}": "栅格"})
    assert translate.missing(["Raster {name}"], {"Raster {name}": "栅格 {name}"}) == []
    (tmp_path / "a.py").write_text('tr(f"Raster {x}")')
    with pytest.raises(SystemExit, match="literal"):
        translate.extract(tmp_path)
