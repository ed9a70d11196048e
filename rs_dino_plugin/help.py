"""The help pages that travel with the plugin."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, List, Mapping

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl

from .i18n import languages
from .paths import HELP

INDEX = "index"


def help_page(page: str) -> str:
    """The address of a task's page, or of ``index``, in the user's language; English where there is none."""
    names = [f"{page}.{language}.html" for language in languages(QgsApplication.instance().locale())]
    found = next((HELP / name for name in names if (HELP / name).is_file()), HELP / f"{page}.html")
    return QUrl.fromLocalFile(str(found)).toString()


def help_pictures(page: str) -> List[str]:
    """Addresses of the small pictures of a page: examples, not windows."""
    named = _words().get(page, {}).get("pictures", [])
    return [QUrl.fromLocalFile(str(HELP / name)).toString() for name in named if name.startswith("demo_")]


@lru_cache(maxsize=None)
def _words() -> Mapping[str, Any]:
    path = HELP / "words.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
