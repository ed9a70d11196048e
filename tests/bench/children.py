"""Runs one tool in a process of its own and reads the JSON line it ends with; a failure becomes a row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Union

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[1]
LIMIT_S = 3600.0


def run_json(
    tool: str, command: Sequence[Union[str, Path]], env: Optional[Dict[str, str]] = None, limit_s: float = LIMIT_S
) -> Dict[str, Any]:
    """The last line of a command's output as JSON, or ``{"tool", "failed": why}``."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, encoding="utf-8", errors="replace", env=env,
            timeout=limit_s, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"tool": tool, "failed": str(error)}
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith("{"):
        said = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
        return {"tool": tool, "failed": said[-1]}
    return {**json.loads(lines[-1]), "tool": tool}


def run_ours(tool: str, *arguments: Union[str, Path]) -> Dict[str, Any]:
    """ours.py in a process of its own."""
    return run_json(tool, [sys.executable, HERE / "ours.py", *arguments])


def peer_environment() -> Dict[str, str]:
    """Ours without what only we set: peers run as they come, with our number of threads' worth of cores."""
    ours = ("PYTHONPATH", "OMP_WAIT_POLICY", "OMP_NUM_THREADS")
    return {key: value for key, value in os.environ.items() if key not in ours}


def rs_dino(*arguments: Union[str, Path]) -> "list[str]":
    """The command line of the engine under test."""
    return [sys.executable, "-m", "rs_dino_engine", *(str(a) for a in arguments)]
