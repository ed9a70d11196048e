"""Inputs of tasks that read a map: of classes, or of heights.

Fields, not a class of them: each task has them at a place of its own among its inputs.
"""

from __future__ import annotations

from typing import Any

from .declaration import declare


def raster() -> Any:
    return declare("raster", "Map", "Raster of classes or of heights in metres, one band.", positional=True)


def values() -> Any:
    return declare(
        "choice",
        "Values",
        "What the raster holds. auto: classes where it has names, colours or whole numbers, else heights.",
        default="auto",
        choices=("auto", "classes", "heights"),
        advanced=True,
    )
