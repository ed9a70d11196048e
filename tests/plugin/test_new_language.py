"""Adding a language is adding a file: from an empty .ts in a copy of the tree to what QGIS and the help show."""

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl

ROOT = Path(__file__).resolve().parents[2]
STAGE = """
import sys
from pathlib import Path
from help_pages import write_help
from translate import ROOT, compile_translations
(ROOT / "made" / "help").mkdir(parents=True)
write_help(ROOT / "resources", ROOT / "made" / "help")
compile_translations(ROOT / "made" / "i18n")
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """What translating needs of the tree, with an empty file for French."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in ("rs_dino_plugin", "i18n", "engine/staging", "resources/help"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "resources" / "catalog.json", copy / "resources")
    (copy / "i18n" / "rs_dino_fr.ts").write_text("<TS/>", encoding="utf-8")
    return copy


def run(tree, *arguments):
    return subprocess.run([sys.executable, *arguments], cwd=tree / "engine" / "staging", capture_output=True, text=True)


@pytest.fixture(scope="module")
def french(tree):
    """Extracted, translated by putting every text into «…» except the ones of a help page, compiled."""
    first = run(tree, "translate.py")
    assert first.returncode == 1 and "rs_dino_fr.ts: no translation of 'Segment'" in first.stderr
    path = tree / "i18n" / "rs_dino_fr.ts"
    document = ElementTree.parse(path)
    messages = list(document.getroot().iter("message"))
    left_out = [one for one in messages if one.findtext("source").startswith("Teach a model your own classes")]
    for message in messages:
        if message not in left_out:
            translation = message.find("translation")
            del translation.attrib["type"]
            translation.text = f"«{message.findtext('source')}»"
    document.write(path, encoding="utf-8")
    done = run(tree, "translate.py")
    assert len(left_out) == 1 and done.stderr.splitlines() == [
        f"rs_dino_fr.ts: no translation of {left_out[0].findtext('source')!r}"
    ]
    made = run(tree, "-c", STAGE)
    assert made.returncode == 0, made.stderr
    return tree / "made"


@pytest.fixture
def shown(plugin, french, monkeypatch):
    """QGIS in French of Canada."""
    from rs_dino_plugin import help as help_module
    from rs_dino_plugin import i18n

    monkeypatch.setattr(QgsApplication, "locale", lambda *_: "fr_CA")
    monkeypatch.setattr(i18n, "TRANSLATIONS", french / "i18n")
    monkeypatch.setattr(help_module, "HELP", french / "help")
    translation = i18n.Translation(QgsApplication.locale())
    QgsApplication.processingRegistry().providerById("rsdino").refreshAlgorithms()
    yield
    translation.remove()


def test_qgis_shows_the_language(shown):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    texts = [algorithm.displayName(), algorithm.shortDescription()]
    texts += [one.description() for one in algorithm.parameterDefinitions() if one.description()]
    assert [text for text in texts if not text.startswith("«")] == []


def test_messages_of_the_engine_are_shown_in_it(shown):
    from rs_dino_plugin.engine_client.documents import Message
    from rs_dino_plugin.errors import sentence

    said = sentence(Message("raster-missing", {"path": "/a.tif"}, "The raster /a.tif does not exist."))
    assert said.startswith("«") and "/a.tif" in said


def test_it_has_help_pages(shown, french):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    page = Path(QUrl(algorithm.helpUrl()).toLocalFile())
    assert page == french / "help" / "segment.fr.html"
    text = page.read_text(encoding="utf-8")
    assert '<html lang="fr">' in text and "<h1>«Segment»</h1>" in text and "<h2>«Settings»</h2>" in text
    assert "<p>«Choose a raster and a model" in text and 'href="index.fr.html">«All pages»' in text
    assert {path.name for path in page.parent.glob("*.fr.html")} >= {"index.fr.html", "finetune.fr.html"}


def test_what_has_no_words_yet_is_english(shown, french):
    text = (french / "help" / "finetune.fr.html").read_text(encoding="utf-8")
    assert "<p>Teach a model your own classes" in text and "«Settings»" in text


def test_classes_of_a_model_are_named_in_it(shown):
    from rs_dino_plugin.gui.model_html import _classes

    building = {"name": "building", "color": [1, 2, 3], "names": {"fr": "bâtiment", "zh": "建筑"}}
    road = {"name": "road", "color": [4, 5, 6], "names": {"zh": "道路"}}
    said = _classes({"classes": [building, road]})
    assert "bâtiment" in said and "road" in said and "建筑" not in said
