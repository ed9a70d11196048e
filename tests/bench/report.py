"""What a figure is, and how all of them become report.md and report.json."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from rs_dino_engine.verify.markdown import table


@dataclass
class Check:
    """Something a figure promises; ``ok`` None: could not be measured here."""

    text: str
    ok: Optional[bool]


@dataclass
class Figure:
    """One figure of the bench: a table, what it was held against, and remarks."""

    name: str
    title: str
    rows: List[Dict[str, Any]] = field(default_factory=list)
    checks: List[Check] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)


def median_row(rows: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """Rounds of one tool -> one row: medians of numbers, the last of everything else; a failure stays one."""
    failed = [row for row in rows if "failed" in row]
    if failed:
        return failed[-1]
    result = dict(rows[-1])
    for key, value in rows[-1].items():
        if isinstance(value, float):
            result[key] = round(statistics.median(row[key] for row in rows), 3)
        elif isinstance(value, int) and not isinstance(value, bool):
            result[key] = round(statistics.median(row[key] for row in rows))
    return result


def kept(folder: Path, new: Sequence[str]) -> List[Figure]:
    """Figures of an earlier report in the same folder that are not measured again now."""
    path = folder / "report.json"
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return [Figure(**{**f, "checks": [Check(**c) for c in f["checks"]]}) for f in found if f["name"] not in new]


def write(figures: Sequence[Figure], folder: Path, settings: Dict[str, Any]) -> None:
    """Both reports; called after every figure, so that what was measured survives what comes after."""
    document = {"machine": machine(), "settings": settings, "figures": [asdict(f) for f in figures]}
    (folder / "report.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    (folder / "report.md").write_text(markdown(figures, settings), encoding="utf-8")


def markdown(figures: Sequence[Figure], settings: Dict[str, Any]) -> str:
    host = machine()
    lines = ["# Bench", "", f"{host['processor']}, {host['cores']} cores, {host['memory_gb']} GB, Python "]
    lines[-1] += f"{host['python']}, {host['at']}; load {host['load']}; " + ", ".join(
        f"{key} {value}" for key, value in settings.items()
    )
    for figure in figures:
        rows = [{key: value for key, value in row.items() if key != "labels"} for row in figure.rows]
        lines += ["", f"## {figure.title}", "", *table(rows, _shown)]
        if figure.checks:
            lines += [""] + [f"- {_mark(check.ok)} {check.text}" for check in figure.checks]
        lines += [""] + [f"{note}" for note in figure.notes] if figure.notes else []
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value).replace("|", "/")


def _mark(ok: Optional[bool]) -> str:
    return {True: "met:", False: "MISSED:", None: "not measured:"}[ok]


def machine() -> Dict[str, Any]:
    """Processor, cores, memory and load: figures mean little without them."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    processor = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "load": ", ".join(f"{value:.1f}" for value in os.getloadavg()),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%d %H:%M"),
    }


def _cpuinfo() -> List[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
