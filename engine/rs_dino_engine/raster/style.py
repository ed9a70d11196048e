"""A QGIS style (.qml) beside a layer: classes with their names and colours, or a ramp for values.

Written for QGIS 3.22; later versions read it too.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import List, Mapping, Optional, Sequence, Tuple, Union
from xml.sax.saxutils import quoteattr

import numpy as np

from .sink import LayerInfo, Statistics, replacing

Rgb = Tuple[int, int, int]
# Seven stops each of matplotlib's viridis (CC0), of a brown-green ramp for heights, and of one with two sides
# (ColorBrewer YlGn and RdBu, Apache-2.0).
_VIRIDIS: Tuple[Rgb, ...] = (
    (68, 1, 84), (68, 58, 131), (49, 104, 142), (33, 145, 140), (53, 183, 121), (144, 215, 67), (253, 231, 37),
)  # fmt: skip
_GREENS: Tuple[Rgb, ...] = (
    (255, 255, 229), (217, 240, 163), (173, 221, 142), (120, 198, 121), (49, 163, 84), (0, 104, 55), (0, 69, 41),
)  # fmt: skip
_TWO_SIDES: Tuple[Rgb, ...] = (
    (33, 102, 172), (103, 169, 207), (209, 229, 240), (247, 247, 247), (253, 219, 199), (239, 138, 98), (178, 24, 43),
)  # fmt: skip
_PERCENT = (0.0, 100.0)
_FAR = 14.1
"""Standard deviations: whatever the values are, no more than one in 200 lies farther above the mean (Cantelli's
inequality), so that a ramp that ends there shows 99.5 % of them, and a few wild ones do not make it flat."""
_INTERVALS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_GRAIN = {"m": 0.5}
"""By unit: heights are read in whole or half metres."""


def write_style(path: Union[str, Path], info: LayerInfo, statistics: Statistics = None) -> Path:
    """Write ``X.qml`` beside ``X.tif`` and return its path; ``statistics`` give a value ramp its ends."""
    target = Path(path).with_suffix(".qml")
    with replacing(target) as temporary:
        temporary.write_bytes(style_xml(info, statistics).encode("utf-8"))
    return target


def style_xml(info: LayerInfo, statistics: Statistics = None) -> str:
    """The style's text."""
    if info.is_labels:
        renderer = _paletted(info)
    elif len(info.band_names) >= 3 and info.dtype == "uint8" and info.unit is None:
        renderer = ['<rasterrenderer type="multibandcolor" opacity="1" alphaBand="-1" nodataColor="" '
                    'redBand="1" greenBand="2" blueBand="3"/>']  # fmt: skip
    else:
        renderer = _ramp(info, *ramp_ends(info, statistics))
    lines = [
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
        '<qgis version="3.22.0" styleCategories="AllStyleCategories">',
        "<pipe>",
        *renderer,
        '<brightnesscontrast brightness="0" contrast="0" gamma="1"/>',
        '<huesaturation saturation="0" grayscaleMode="0" colorizeOn="0"/>',
        '<rasterresampler maxOversampling="2"/>',
        "</pipe>",
        "<blendMode>0</blendMode>",
        "</qgis>",
    ]
    return "\n".join(lines) + "\n"


def _paletted(info: LayerInfo) -> List[str]:
    names, colors = info.class_names or {}, info.colors or {}
    lines = ['<rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1" nodataColor="">', "<colorPalette>"]
    for number in sorted(set(names) | set(colors)):
        color = _hex(colors.get(number, (128, 128, 128)))
        label = quoteattr(names.get(number, str(number)))
        lines.append(f'<paletteEntry value="{number}" color="{color}" label={label} alpha="255"/>')
    return [*lines, "</colorPalette>", "</rasterrenderer>"]


def _ramp(info: LayerInfo, low: float, high: float) -> List[str]:
    stops = _VIRIDIS if info.unit in ("%", None) else _GREENS
    if info.shown is not None and low == -high:
        stops = _TWO_SIDES
    unit = f" {info.unit}" if info.unit else ""
    lines = [
        '<rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" '
        f'classificationMin="{low:.9g}" classificationMax="{high:.9g}">',
        "<rastershader>",
        f'<colorrampshader colorRampType="INTERPOLATED" classificationMode="1" clip="0" '
        f'minimumValue="{low:.9g}" maximumValue="{high:.9g}" labelPrecision="2">',
    ]
    for value, color in zip(np.linspace(low, high, len(stops)), stops):
        label = quoteattr(f"{value:.4g}{unit}")
        lines.append(f'<item value="{value:.9g}" color="{_hex(color)}" label={label} alpha="255"/>')
    lines += _legend(max(0, 2 - math.floor(math.log10(high - low))), unit)
    return [*lines, "</colorrampshader>", "</rastershader>", "</rasterrenderer>"]


def _legend(decimals: int, unit: str) -> List[str]:
    """How the ends of a ramp are written: QGIS would give six decimals and no unit."""
    options = (
        ("QChar", "decimal_separator", ""), ("int", "decimals", str(decimals)), ("int", "rounding_type", "0"),
        ("bool", "show_plus", "false"), ("bool", "show_thousand_separator", "true"),
        ("bool", "show_trailing_zeros", "false"), ("QChar", "thousand_separator", ""),
    )  # fmt: skip
    return [
        f'<rampLegendSettings minimumLabel="" maximumLabel="" prefix="" suffix={quoteattr(unit)} direction="0" '
        'orientation="2" '
        'useContinuousLegend="1">',
        '<numericFormat id="basic"><Option type="Map">',
        *(f'<Option type="{kind}" name="{name}" value="{value}"/>' for kind, name, value in options),
        "</Option></numericFormat></rampLegendSettings>",
    ]


def ramp_ends(info: LayerInfo, statistics: Statistics) -> Tuple[float, float]:
    """Percent from 0 to 100; values from what the raster holds, rounded outwards so that each stop of the ramp is a
    round number, and from 0 where that is not far below."""
    if info.shown is not None:
        return info.shown
    if info.unit == "%":
        return _PERCENT
    first: Optional[Mapping[str, float]] = None
    if isinstance(statistics, Mapping):
        first = statistics
    elif isinstance(statistics, Sequence) and statistics:
        first = statistics[0]
    if first is None or not {"minimum", "maximum"} <= set(first):
        return 0.0, 1.0
    low, high = float(first["minimum"]), float(first["maximum"])
    if "mean" in first and "stddev" in first:
        low = max(low, first["mean"] - _FAR * first["stddev"])
        high = min(high, first["mean"] + _FAR * first["stddev"])
    if not high > low:
        high = low + 1.0
    return _outwards(0.0 if 0 < low < high / 2 else low, high, _GRAIN.get(info.unit or ""))


def _outwards(low: float, high: float, grain: Optional[float]) -> Tuple[float, float]:
    """The narrowest ends around ``low`` and ``high`` with round numbers at every stop; what is round already stays."""
    intervals = len(_VIRIDIS) - 1
    power = 10.0 ** math.floor(math.log10((high - low) / intervals) - 1e-9)
    steps = [power * scale * one for scale in (1, 10) for one in _INTERVALS]
    for step in steps if grain is None else [math.ceil(one / grain - 1e-6) * grain for one in steps]:
        start = math.floor(low / step + 1e-6)
        if (start + intervals) * step >= high - 1e-6 * step:
            return float(f"{start * step:.9g}"), float(f"{(start + intervals) * step:.9g}")
    return low, high


def _hex(color: Sequence[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
