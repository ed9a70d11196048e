"""What labels are: label ids, or heights."""

from __future__ import annotations

from typing import NamedTuple

from .label_table import IGNORED


class Target(NamedTuple):
    """What the labels of a store are; pixels of which nothing is known hold ``unknown``."""

    name: str
    dtype: str
    unknown: int
    counted: bool
    """Whether pixels are counted per label id."""


CLASSES = Target("classes", "uint8", IGNORED, True)
HEIGHTS = Target("heights", "uint16", 65535, False)
"""Centimetres above ground."""
METRES = 0.01
"""Metres that one step of ``HEIGHTS`` stands for."""
TARGETS = {t.name: t for t in (CLASSES, HEIGHTS)}
