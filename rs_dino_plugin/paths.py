"""Where the plugin's own files lie. The layout is the staged one: there is no other."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent
RESOURCES = ROOT / "resources"
CATALOG = RESOURCES / "catalog.json"
MODELS = RESOURCES / "models.json"
TRANSLATIONS = ROOT / "i18n"
ENGINE = ROOT / "engine"


def icon(name: str) -> str:
    """Path of an icon, as Qt wants it."""
    return str(RESOURCES / "icons" / (name + ".svg"))
