"""A model's scores as a person reads them: what belongs together on one line, what is inside of something below it."""

from __future__ import annotations

from typing import Any, Dict, List


def score_lines(scores: Dict[str, Any], indent: int = 0) -> List[str]:
    """Lines for a card's ``scores``, however they are nested; numbers with three digits after the point."""
    space = "  " * indent
    lines: List[str] = []
    plain = [f"{name} {_shown(value)}" for name, value in scores.items() if not isinstance(value, (dict, list))]
    if plain:
        lines.append(space + ", ".join(plain))
    for name, value in scores.items():
        if isinstance(value, dict):
            lines += _named(name, score_lines(value, indent + 1), space)
        elif isinstance(value, list):
            inner = [f"{space}  {_shown(one)}" if not isinstance(one, dict) else one for one in value]
            rows = [score_lines(one, indent + 1) if isinstance(one, dict) else [one] for one in inner]
            lines += _named(name, [line for row in rows for line in row], space)
    return lines


def _named(name: str, inner: List[str], space: str) -> List[str]:
    """One line where one is enough."""
    return [f"{space}{name}: {inner[0].strip()}"] if len(inner) == 1 else [f"{space}{name}:", *inner]


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
