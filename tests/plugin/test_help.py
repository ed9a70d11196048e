"""Every algorithm has a page in both languages, whose links and pictures are there; and it is not large."""

import re
from pathlib import Path

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl

MOST_BYTES = 2_000_000


def algorithms():
    return QgsApplication.processingRegistry().providerById("rsdino").algorithms()


def linked(page):
    """What a page shows and leads to, as files."""
    text = page.read_text(encoding="utf-8")
    return [page.parent / name for name in re.findall(r'(?:src|href)="([^"]+)"', text)]


@pytest.mark.parametrize(
    ("locale", "ending", "word"), [("en", ".html", "Settings"), ("zh-Hans", ".zh_CN.html", "设置")]
)
def test_every_algorithm_has_a_page_with_pictures(plugin, monkeypatch, locale, ending, word):
    monkeypatch.setattr(QgsApplication, "locale", lambda *_: locale)
    for algorithm in algorithms():
        page = Path(QUrl(algorithm.helpUrl()).toLocalFile())
        assert page.name.endswith(ending) and ("zh_CN" in page.name) == ("zh" in locale)
        text = page.read_text(encoding="utf-8")
        assert word in text and len(text) > 1000
        assert any(path.suffix == ".png" for path in linked(page))
        for path in linked(page):
            assert path.is_file(), path
        pictures = re.findall(r'img src="([^"]+)"', algorithm.shortHelpString())
        assert pictures and all(Path(QUrl(one).toLocalFile()).is_file() for one in pictures)
        assert algorithm.helpUrl() in algorithm.shortHelpString()


def test_chinese_pages_are_chinese(plugin):
    from rs_dino_plugin.paths import HELP

    for page in HELP.glob("*.zh_CN.html"):
        body = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8").split("<body>")[1])
        lines = [line for line in re.split(r"[\n。]", body) if re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", line)]
        assert lines == [], (page.name, lines)


def test_the_start_page_leads_to_all_and_warns_of_terms(plugin):
    from rs_dino_plugin.help import INDEX, help_page

    page = Path(QUrl(help_page(INDEX)).toLocalFile())
    assert {f"{algorithm.helpUrl().split('/')[-1]}" for algorithm in algorithms()} <= {p.name for p in linked(page)}
    assert "terms" in page.read_text(encoding="utf-8")


def test_help_is_small(plugin):
    from rs_dino_plugin.paths import HELP

    assert sum(path.stat().st_size for path in HELP.rglob("*") if path.is_file()) <= MOST_BYTES
