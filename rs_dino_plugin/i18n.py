"""The words people see, in their language."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QDateTime, QLocale, QTranslator

from .paths import TRANSLATIONS

CONTEXT = "RsDino"
_CHINESE = ("zh", "zh_cn", "zh_hans", "zh_hans_cn", "zh_sg")
"""QGIS calls Simplified Chinese zh-Hans, systems call it zh_CN."""


def tr(text: str) -> str:
    """``text`` in the user's language. Only literals are found by ``make translate``."""
    return QCoreApplication.translate(CONTEXT, text)


def filled(template: str, params: Mapping[str, Any], fallback: str) -> str:
    """A message in the user's language: the translated ``template`` with its values, else ``fallback``.

    The engine may be newer than the plugin and name other values than the template knows.
    """
    for text in (tr(template), template):
        try:
            return text.format(**params)
        except (KeyError, IndexError, ValueError):
            continue
    return fallback


def language() -> str:
    """The code of the user's language, such as ``zh``, by which models name their classes."""
    return QgsApplication.instance().locale().replace("-", "_").split("_")[0].lower()


def moment(seconds: float) -> str:
    """A time since the epoch as people write it: by QGIS's setting for dates, else in the user's language."""
    formats = QLocale()
    if formats.language() == QLocale.Language.C:
        formats = QLocale(QgsApplication.instance().locale())
    return formats.toString(QDateTime.fromSecsSinceEpoch(int(seconds)), QLocale.FormatType.ShortFormat)


def stamp(seconds: float) -> str:
    """The same to the minute, short and equally long in every language: for names that are read in narrow places."""
    return QDateTime.fromSecsSinceEpoch(int(seconds)).toString("yyyy-MM-dd HH:mm")


def short_moment(seconds: float) -> str:
    """When something began, as short as it can be: of today only the time."""
    then, now = QDateTime.fromSecsSinceEpoch(int(seconds)), QDateTime.currentDateTime()
    if then.date() == now.date():
        return then.toString("HH:mm")
    return then.toString("MM-dd HH:mm" if then.date().year() == now.date().year() else "yyyy-MM-dd")


def languages(locale: str) -> Tuple[str, ...]:
    """Names that files for a locale may have here, the nearest first."""
    name = locale.replace("-", "_")
    if name.lower() in _CHINESE:
        name = "zh_CN"
    return name, name.split("_")[0]


def translation_file(locale: str) -> Optional[Path]:
    """The compiled translation for a locale such as zh-Hans, zh_CN or de; None where there is none."""
    for candidate in languages(locale):
        path = TRANSLATIONS / f"rs_dino_{candidate}.qm"
        if path.is_file():
            return path
    return None


class Translation:
    """A translation that is installed, and can be taken away again."""

    def __init__(self, locale: str) -> None:
        self._translator: Optional[QTranslator] = None
        path = translation_file(locale)
        if path is not None:
            translator = QTranslator()
            if translator.load(str(path)) and QCoreApplication.installTranslator(translator):
                self._translator = translator

    def remove(self) -> None:
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
