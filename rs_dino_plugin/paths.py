"""Where the plugin's own files lie. The layout is the staged one: there is no other."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent
RESOURCES = ROOT / "resources"
CATALOG = RESOURCES / "catalog.json"
MODELS = RESOURCES / "models.json"
HELP = RESOURCES / "help"
TRANSLATIONS = ROOT / "i18n"
ENGINE = ROOT / "engine"


def engine_wheel() -> Path:
    """The engine that travels with the plugin; the path may not exist in a damaged one."""
    return next(iter(sorted(ENGINE.glob("rs_dino_engine-*.whl"))), ENGINE / "rs_dino_engine.whl")


def icon(name: str) -> str:
    """Path of an icon, as Qt wants it."""
    return str(RESOURCES / "icons" / (name + ".svg"))
