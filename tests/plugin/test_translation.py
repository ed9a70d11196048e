"""Simplified Chinese: complete, found whatever the locale is called, and shown."""

import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication

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
