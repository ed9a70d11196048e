"""The page of the demo: for every sample its pictures, the areas of its classes and what was found of its trees."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Dict, Tuple

import numpy as np

from .cli_report import heights_said
from .models.library import find_model
from .preview import (
    CONFIDENCE_COLORS,
    HEIGHT_COLORS,
    TALL_M,
    picture_of_confidence,
    picture_of_heights,
    picture_of_labels,
    picture_of_polygons,
    picture_of_raster,
    picture_of_trees,
)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>RS-DINO demo</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}
figure{{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}}img{{width:32rem;max-width:100%}}
td,th{{padding:.2rem .8rem;text-align:left}}
figcaption{{max-width:32rem}}b{{display:inline-block;width:8rem;height:.8rem;border:1px solid #888}}
i{{display:inline-block;width:1rem;height:1rem;border:1px solid #888}}</style>
<h1>RS-DINO demo</h1>{sections}
</html>
"""


def _ramp(colors: np.ndarray, low: str, high: str) -> str:
    """A legend: the colours from one end to the other, with what stands at the ends."""
    stops = ",".join("rgb({:.0f},{:.0f},{:.0f})".format(*color) for color in colors)
    return f'{low} <b style="background:linear-gradient(to right,{stops})"></b> {high}'


CAPTIONS = {
    "labels": "what the ground is covered with; colours as in the table below",
    "confidence": _ramp(CONFIDENCE_COLORS, "undecided, 0 %", "certain, 100 %"),
    "polygons": "outlines of the same classes over the image",
    "canopy height": _ramp(HEIGHT_COLORS, "0 m", f"{TALL_M:.0f} m and more"),
    "tree tops": "red: tops of single trees; yellow: their crowns",
    "feature map": "the three main components of the features as red, green and blue: like colours, like features",
}
"""What a picture shows, by its title; HTML."""
Pictures = Dict[str, Path]
Results = Dict[str, Any]


def write_page(found: Dict[str, Results], output: Path) -> Tuple[Path, Dict[str, Pictures]]:
    """``found``: results by task, the land cover's in ``output``, others in folders of their task; returns the page
    and raster -> title -> picture, all in ``output``."""
    land, heights, features = found["segment"], found["canopy-height"], found["feature-map"]
    class_map = find_model("starter-landcover").spec.output.class_map
    assert class_map is not None
    drawn: Dict[str, Pictures] = {}
    sections = []
    for raster, measured in zip(land["summary"]["value"]["rasters"], heights["summary"]["value"]["rasters"]):
        name = raster["name"]

        def out(title: str, name: str = name) -> Path:
            return output / f"{name}_{title}.png"

        image = picture_of_raster(raster["raster"], output / f"{name}.png")
        labels = _file(land, "labels", name, output)
        map_of_heights = _file(heights, "canopy_height", name, output / "canopy-height")
        tops, crowns = (_file(heights, layer, name, output / "canopy-height") for layer in ("tree_tops", "tree_crowns"))
        colours = _file(features, "features", name, output / "feature-map")
        drawn[name] = {
            "image": image,
            "labels": picture_of_labels(labels, class_map, out("labels")),
            "confidence": picture_of_confidence(_file(land, "confidence", name, output), out("confidence")),
            "polygons": picture_of_polygons(
                _file(land, "polygons", name, output), image, labels, class_map, out("polygons")
            ),
            "canopy height": picture_of_heights(map_of_heights, out("canopy_height")),
            "tree tops": picture_of_trees(tops, crowns, image, map_of_heights, out("tree_tops")),
            "feature map": picture_of_raster(str(colours), out("features")),
        }
        sections.append(_section(raster, measured, drawn[name], class_map))
    page = output / "index.html"
    page.write_text(_PAGE.format(sections="".join(sections)), encoding="utf-8")
    return page, drawn


def _file(results: Results, layer: str, name: str, folder: Path) -> Path:
    href: str = results[layer if layer in results else f"{name}_{layer}"]["href"]
    return folder / href


def _section(raster: Results, measured: Results, pictures: Pictures, class_map: Any) -> str:
    figures = "".join(
        f'<figure><img src="{html.escape(path.name)}"><figcaption><strong>{title}</strong> {CAPTIONS.get(title, "")}'
        "</figcaption></figure>"
        for title, path in pictures.items()
    )
    total = sum(raster["pixels"].values()) or 1
    rows = ""
    for info in class_map.classes:
        pixels = raster["pixels"].get(str(info.id), 0)
        area = (raster["area_m2"] or {}).get(str(info.id))
        shown = "" if area is None else f"{area:,.0f} m²"
        color = "#{:02x}{:02x}{:02x}".format(*info.color)
        rows += (
            f'<tr><td><i style="background:{color}"></i> {html.escape(info.name)}</td><td>{shown}</td>'
            f"<td>{100 * pixels / total:.1f} %</td></tr>"
        )
    table = f"<table><tr><th>class</th><th>area</th><th>share</th></tr>{rows}</table>"
    return f"<h2>{html.escape(raster['name'])}</h2>{figures}{table}<p>Canopy: {heights_said(measured)}</p>"
