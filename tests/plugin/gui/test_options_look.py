"""The pages in the options' dialog: on a small screen, and in every theme of QGIS."""

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
)
from waiting import wait_until

LOW = 480
"""What a screen of 768 pixels leaves a page, its windows' frames taken off, and more."""


@pytest.fixture
def theme(qgis_app):
    """Sets one of QGIS's themes, as its options do."""
    yield QgsApplication.setUITheme
    QgsApplication.setUITheme("default")


@pytest.fixture
def dialog(own_settings):
    """Shows a page in a dialog that has only this room, and lets it settle."""
    made = []

    def show(page):
        made.append(QDialog())
        layout = QVBoxLayout(made[-1])
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        made[-1].resize(800, LOW)
        made[-1].show()
        return page

    yield show
    for one in made:
        one.deleteLater()


@pytest.fixture
def settings_page(dialog):
    from rs_dino_plugin.gui.settings_page import SettingsPage

    page = dialog(SettingsPage(None))
    wait_until(lambda: page.setup.reason.text() != "")
    yield page
    wait_until(lambda: page.doctor._task is None)


def squashed(page):
    """Fields, buttons and texts that are visible and less high than what they say."""
    kinds = (QLineEdit, QPushButton, QCheckBox, QComboBox, QLabel)
    seen = [one for kind in kinds for one in page.findChildren(kind) if one.isVisibleTo(page)]
    seen = [one for one in seen if not isinstance(one, QLabel) or one.text()]
    assert len(seen) > 15
    wanted = {one: max(one.minimumSizeHint().height(), one.heightForWidth(one.width())) for one in seen}
    return [(type(one), one.objectName(), one.height(), need) for one, need in wanted.items() if one.height() < need]


def test_the_page_fits_a_small_screen_whatever_is_open_on_it(settings_page, real_engine):
    page, sources = settings_page, settings_page.setup.sources
    page.setup.python.setFilePath(real_engine)
    wait_until(lambda: page.doctor._task is None)
    assert page.doctor.checks.isVisibleTo(page)
    wait_until(lambda: not squashed(page), lambda: str(squashed(page)))
    scroll = page.scrolled.verticalScrollBar()
    closed = scroll.maximum()
    assert closed > 0
    sources.setCollapsed(False)
    wait_until(lambda: scroll.maximum() > closed)
    wait_until(lambda: not squashed(page), lambda: str(squashed(page)))
    china = sources.china
    top = china.mapTo(page.window(), QPoint(0, 0)).y()
    assert top >= 0 and top + china.height() <= LOW  # what was opened is scrolled to
    assert page.window().height() == LOW and page.minimumSizeHint().height() < LOW / 2
    assert page.scrolled.horizontalScrollBar().maximum() == 0
    sources.setCollapsed(True)
    wait_until(lambda: scroll.maximum() == closed)


def test_the_page_is_as_wide_as_what_is_on_it(settings_page):
    page = settings_page
    page.window().resize(page.minimumSizeHint().width(), LOW)
    page.setup.sources.setCollapsed(False)
    wait_until(lambda: page.scrolled.verticalScrollBar().isVisible())
    assert page.scrolled.horizontalScrollBar().maximum() == 0


def test_a_scroll_area_that_newer_qgis_lays_around_it_has_nothing_to_scroll(settings_page):
    page, outer = settings_page, QScrollArea()
    outer.setWidgetResizable(True)
    dialog = page.window()
    outer.setWidget(page)
    dialog.layout().addWidget(outer)
    page.setup.sources.setCollapsed(False)
    wait_until(lambda: page.scrolled.verticalScrollBar().maximum() > 0)
    assert outer.verticalScrollBar().maximum() == outer.horizontalScrollBar().maximum() == 0


def test_the_models_page_fits_a_small_screen_while_it_works(dialog):
    from rs_dino_plugin.gui.models_page import ModelsPage

    page = dialog(ModelsPage(None))
    for widget in (page.get, page.take, page.show_folder, page.forget, page.delete, page.bar, page.cancel):
        widget.show()
    page.said.setText("long " * 60)
    assert page.window().layout().totalMinimumSize().height() <= LOW and page.minimumSizeHint().width() < 800


@pytest.mark.parametrize("name", ["default", "Night Mapping", "Blend of Gray"])
def test_what_is_less_important_can_be_read_in_every_theme(theme, settings_page, name):
    from rs_dino_plugin.gui import words

    theme(name)
    back = settings_page.window().grab().toImage().pixelColor(3, 3)
    least = min(4.5, words.contrast(label_colour(settings_page), back))
    assert least >= 4.0  # QGIS's own
    assert words.contrast(words.QColor(words.faint()), back) >= least
    for state in ("good", "note", "bad"):
        assert words.contrast(words.QColor(words.colour(state)), back) >= 3.0


def label_colour(page):
    """Of a label's text, as the theme has it."""
    label = page.findChild(QLabel)
    label.ensurePolished()
    return label.palette().color(label.foregroundRole())


@pytest.mark.parametrize("name", ["default", "Night Mapping", "Blend of Gray"])
def test_processings_help_can_be_read_in_every_theme(theme, plugin, dialog, name):
    """Processing's panel is a text browser, and has greys of its own for what says no colour."""
    from rs_dino_plugin.gui import words

    theme(name)
    panel = dialog(QTextBrowser())
    panel.document().setDefaultStyleSheet("p { color: #666666; } b { color: #333333; }")
    panel.setHtml(QgsApplication.processingRegistry().algorithmById("rsdino:segment").shortHelpString())
    panel.ensurePolished()
    back = panel.viewport().grab().toImage().pixelColor(panel.viewport().width() - 3, 3)
    block, seen = panel.document().begin(), set()
    while block.isValid():
        cursor = block.begin()
        while not cursor.atEnd():
            form, text = cursor.fragment().charFormat(), cursor.fragment().text()
            if text.strip() and not form.isAnchor() and not form.isImageFormat():
                seen.add(form.foreground().color().name())
            cursor += 1
        block = block.next()
    assert len(seen) == 1 and words.contrast(words.QColor(seen.pop()), back) >= 4.0
