"""``rs-dino demo``: what the engine does, on the bundled samples with the embedded models, with pictures of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, TextIO

from .cli_task import run_request
from .errors import EXIT_SUCCESS, UserError
from .protocol import Request
from .wire import say

SAMPLES = Path(__file__).resolve().parent / "data" / "samples"
PARTS: Dict[str, Dict[str, Any]] = {
    "segment": {"model": "starter-landcover"},
    "canopy-height": {"model": "starter-canopy", "trees": True},
    "feature-map": {"model": "starter-features"},
}
"""Task -> its inputs. The first lies in the output folder itself, the others in folders of their names."""


def demo(output: Path, wire: TextIO) -> int:
    """Run every part on the bundled samples, draw pictures, say where everything lies; an exit code."""
    output = output.absolute()
    samples = [{"href": str(path)} for path in sorted(SAMPLES.glob("*.tif"))]
    if not samples:
        raise UserError("demo-missing")
    found: Dict[str, Dict[str, Any]] = {}
    for task, inputs in PARTS.items():
        folder = folder_of(task, output)
        request = Request(task, {"rasters": samples, "output": {"href": str(folder)}, **inputs})
        code = run_request(request, wire, as_json=False, resume=False)
        if code != EXIT_SUCCESS:
            return code
        found[task] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    say(wire, "\n".join(_drawn(found, output)) + "\n")
    return EXIT_SUCCESS


def folder_of(task: str, output: Path) -> Path:
    """Where a part's results lie."""
    return output if task == next(iter(PARTS)) else output / task


def _drawn(found: Dict[str, Dict[str, Any]], output: Path) -> List[str]:
    """Pictures of everything and a page that shows them; returns the lines of a summary."""
    from .demo_page import write_page

    lines = ["", "Pictures:"]
    page, pictures = write_page(found, output)
    for name, of_raster in pictures.items():
        lines += [f"  {name}: {title:<15} {path}" for title, path in of_raster.items()]
    return [*lines, f"  all on one page {page}"]
