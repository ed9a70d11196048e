"""What can be said of a model without asking the engine: of embedded and imported ones, and of model folders. The whole
card of a model that the engine tells of is made by ``gui.model_html``."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from qgis.PyQt.QtCore import QLocale

from .i18n import tr
from .model_words import band, worded
from .paths import MODELS
from .settings import known_folder, known_models

TASKS_BY_KIND = {
    "classes": ("segment",),
    "value": ("canopy-height",),
    "features": ("feature-map", "clusters", "find-similar"),
}
"""Which tasks a model serves, by the kind of its output."""
SHARING_TASK, SHARED_NETWORK = "maps", "dinov3"
"""The task of several models on one backbone, and the kind of network whose backbone they can share."""
CHECKPOINTS = (".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".onnx")
"""Endings of files that may hold a model."""


class ModelCard(NamedTuple):
    """A model in one line. ``gsd_m``: the pixel size on the ground that it was made for; ``kind``: of its output."""

    name: str
    title: str
    kind: str
    gsd_m: Optional[float]
    bands: Tuple[str, ...]
    classes: int
    licence: str
    network: str = ""

    def serves(self, task: str) -> bool:
        if task == SHARING_TASK:
            return self.network == SHARED_NETWORK
        return task in TASKS_BY_KIND.get(self.kind, ())

    def line(self) -> str:
        """The card: what comes out, for which pixel size and bands, under which licence."""
        parts = [worded(self.title)]
        gives = {"value": tr("canopy height"), "features": tr("features")}.get(self.kind, "")
        if gives.lower() not in parts[0].lower():
            parts.append(gives)
        if self.classes:
            parts.append(tr("{count} classes").format(count=self.classes))
        if self.gsd_m:
            parts.append(tr("{size} m per pixel").format(size=QLocale().toString(self.gsd_m, "g", 3)))
        if self.bands:
            parts.append(tr("bands: {names}").format(names=tr(", ").join(band(one) for one in self.bands)))
        if self.licence:
            parts.append(self.licence.split(";")[0])
        return " · ".join(parts)


@lru_cache(maxsize=None)
def embedded_cards(path: Path = MODELS) -> List[ModelCard]:
    """The models that come with the engine."""
    if not path.is_file():
        return []
    return [_card(spec) for spec in json.loads(path.read_text(encoding="utf-8"))]


def cards_for(task: str) -> List[ModelCard]:
    """The embedded models that serve a task."""
    return [card for card in embedded_cards() if card.serves(task)]


def models_for(task: str) -> List[str]:
    """What is offered for a task: embedded models that serve it, then known ones of which nobody can say that they do
    not."""
    names = [card.name for card in cards_for(task)]
    for model in known_models():
        card = card_of(model)
        if model not in names and (card is None or card.serves(task)):
            names.append(model)
    return names


def card_of(model: str) -> Optional[ModelCard]:
    """The card of an imported or embedded model's name or of a model folder; None where only the engine can tell.

    Of two models with one name the imported one counts, as it does for the engine."""
    imported = known_folder(model) if model else None
    found = _card_in(imported) if imported is not None else None
    if found is None:
        found = next((card for card in embedded_cards() if card.name == model), None)
    return found if found is not None or not model else _card_in(Path(model))


def finest_gsd_m(models: Iterable[str]) -> Optional[float]:
    """The smallest pixel size on the ground that any of these models was made for, as far as their cards tell."""
    cards = [card_of(model) for model in models]
    return min((card.gsd_m for card in cards if card is not None and card.gsd_m), default=None)


def _card_in(folder: Path) -> Optional[ModelCard]:
    path = folder / "model.json"
    try:
        return _card(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _card(spec: Mapping[str, Any]) -> ModelCard:
    """Out of a ModelSpec, or of the part of it that is staged with the plugin."""
    given, output = spec.get("input") or {}, spec.get("output") or {}
    return ModelCard(
        name=str(spec["name"]),
        title=str(spec.get("title") or spec["name"]),
        kind=str(output.get("kind", "")),
        gsd_m=given.get("gsd_m"),
        bands=tuple(str(band["name"]) for band in given.get("bands") or ()),
        classes=len((output.get("class_map") or {}).get("classes") or ()),
        licence=str(spec.get("licence", "")),
        network=str((spec.get("network") or {}).get("kind", "")),
    )
