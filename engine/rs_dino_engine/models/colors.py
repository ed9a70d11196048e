"""Colours for classes that come without any."""

from __future__ import annotations

import colorsys
from typing import Tuple

_FIRST = (
    (51, 117, 182), (230, 159, 0), (0, 135, 90), (204, 72, 60), (148, 103, 189), (240, 228, 66), (121, 85, 72),
    (227, 119, 194), (127, 127, 127), (23, 190, 207),
)  # fmt: skip
_GOLDEN = 0.618034


def class_color(index: int) -> Tuple[int, int, int]:
    """A colour for the class of that number: ten that are easy to tell apart, then steps of the golden ratio in hue."""
    if index < len(_FIRST):
        return _FIRST[index]
    red, green, blue = colorsys.hsv_to_rgb(index * _GOLDEN % 1.0, 0.55 + 0.3 * (index % 2), 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)
