"""``rs-dino demo``: the main job on the bundled sample."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from .cli_task import run_request
from .errors import UserError
from .protocol import Request

SAMPLES = Path(__file__).resolve().parent / "data" / "samples"


def demo(output: Path, wire: TextIO) -> int:
    """Segment the bundled sample with the embedded model into ``output``; returns the exit code."""
    rasters = sorted(SAMPLES.glob("*.tif"))
    if not rasters:
        raise UserError("demo-missing")
    inputs = {"rasters": [{"href": str(p)} for p in rasters], "output": {"href": str(output.absolute())}}
    return run_request(Request("segment", inputs), wire, as_json=False, resume=False)
