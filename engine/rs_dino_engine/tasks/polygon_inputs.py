"""Inputs of tasks that make polygons of classes: how small ones, holes and borders are treated.

Fields, not a class of them: each task has them at a place of its own among its inputs.
"""

from __future__ import annotations

from typing import Any

from .declaration import declare


def min_area(advanced: bool) -> Any:
    return declare(
        "number",
        "Minimum area",
        "Smaller polygons are given to the neighbour with the longest common border.",
        default=0.0,
        unit="m²",
        flag="--min-area",
        advanced=advanced,
        ge=0,
    )


def fill_holes(advanced: bool) -> Any:
    return declare(
        "number",
        "Fill holes",
        "What one polygon encloses is given to it up to this size; nodata never is.",
        default=0.0,
        unit="m²",
        flag="--fill-holes",
        advanced=advanced,
        ge=0,
    )


def simplify(advanced: bool) -> Any:
    return declare(
        "number",
        "Simplify",
        "How far simplified borders may lie from the exact ones; neighbours keep one border.",
        default=0.0,
        unit="px",
        flag="--simplify",
        advanced=advanced,
        ge=0,
        le=100,
    )


def right_angles() -> Any:
    return declare(
        "flag", "Right angles", "Free-standing polygons get right angles, for buildings.", default=False, advanced=True
    )
