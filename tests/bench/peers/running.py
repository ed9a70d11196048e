"""What the scripts that run a peer share; under the peer's own Python, so with the standard library only."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure import PureTime, cost_of


def arguments() -> argparse.ArgumentParser:
    """The scene, the model, where the labels go, and how often the model alone is run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scene", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--windows", type=int, default=256)
    parser.add_argument("--share", type=float, default=0.5)
    return parser


def run(tool: str, work: Callable[[], object], pure: PureTime, chosen: argparse.Namespace) -> None:
    """Run ``work``, which writes ``chosen.out``, between two samples of the model alone; print one line of JSON."""
    pure.sample()
    cost = cost_of(work)
    pure.sample()
    result = {"tool": tool, "seconds": round(cost.seconds, 3), "cpu_s": round(cost.cpu_s, 2)}
    result.update(peak_mb=round(cost.peak_mb), labels=str(chosen.out), **pure.of(chosen.windows))
    print(json.dumps(result))
