"""``rs-dino demo``: the main job on the bundled sample, with pictures and a page that shows them."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any, Dict, List, TextIO

from .cli_task import run_request
from .errors import EXIT_SUCCESS, UserError
from .protocol import Request
from .wire import say

SAMPLES = Path(__file__).resolve().parent / "data" / "samples"
MODEL = "starter-landcover"

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>RS-DINO demo</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}
figure{{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}}img{{width:32rem;max-width:100%}}
td,th{{padding:.2rem .8rem;text-align:left}}
i{{display:inline-block;width:1rem;height:1rem;border:1px solid #888}}</style>
<h1>RS-DINO demo</h1>{sections}
</html>
"""


def demo(output: Path, wire: TextIO) -> int:
    """Segment the bundled samples into ``output``, draw pictures, say where everything lies; an exit code."""
    output = output.absolute()
    samples = [{"href": str(path)} for path in sorted(SAMPLES.glob("*.tif"))]
    if not samples:
        raise UserError("demo-missing")
    request = Request("segment", {"rasters": samples, "output": {"href": str(output)}, "model": MODEL})
    code = run_request(request, wire, as_json=False, resume=False)
    if code == EXIT_SUCCESS:
        results = json.loads((output / "results.json").read_text(encoding="utf-8"))
        say(wire, "\n".join(draw(results, output)) + "\n")
    return code


def draw(results: Dict[str, Any], output: Path) -> List[str]:
    """Draw previews of a segment job's results, which lie in ``output``; returns the lines of a summary."""
    from .models.library import find_model

    class_map = find_model(MODEL).spec.output.class_map
    assert class_map is not None
    sections, lines = [], ["", "Pictures:"]
    for raster in results["summary"]["value"]["rasters"]:
        pictures = _pictures(raster, results, class_map, output)
        sections.append(_section(raster, pictures, class_map))
        lines += [f"  {title:<11} {path}" for title, path in pictures.items()]
    page = output / "index.html"
    page.write_text(_PAGE.format(sections="".join(sections)), encoding="utf-8")
    return [*lines, f"  on one page {page}"]


def _pictures(raster: Dict[str, Any], results: Dict[str, Any], class_map: Any, output: Path) -> Dict[str, Path]:
    from .preview import picture_of_confidence, picture_of_labels, picture_of_polygons, picture_of_raster

    name = raster["name"]

    def file(layer: str) -> Path:
        href: str = results[layer if layer in results else f"{name}_{layer}"]["href"]
        return output / href

    image = picture_of_raster(raster["raster"], output / f"{name}.png")
    polygons = output / f"{name}_polygons.png"
    return {
        "image": image,
        "labels": picture_of_labels(file("labels"), class_map, output / f"{name}_labels.png"),
        "confidence": picture_of_confidence(file("confidence"), output / f"{name}_confidence.png"),
        "polygons": picture_of_polygons(file("polygons"), image, file("labels"), class_map, polygons),
    }


def _section(raster: Dict[str, Any], pictures: Dict[str, Path], class_map: Any) -> str:
    figures = "".join(
        f'<figure><img src="{html.escape(path.name)}"><figcaption>{title}</figcaption></figure>'
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
    return f"<h2>{html.escape(raster['name'])}</h2>{figures}{table}"
