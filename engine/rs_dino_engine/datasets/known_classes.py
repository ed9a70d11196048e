"""Classes that a model knows already: what labels call by their names keeps id, colour, names and order."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Set, Tuple

from ..models.colors import class_color
from ..models.spec import ClassInfo

_APART = 60.0
"""Distance in RGB below which two colours are taken for one another on a map."""
_MOST_IDS = 255

Color = Tuple[int, int, int]


def as_known(found: Sequence[ClassInfo], known: Sequence[ClassInfo]) -> List[ClassInfo]:
    """The classes of labels, as a model knows them: first those it knows, in its order, then the others, each with an
    id and a colour that none of the model's classes has. As they were ``found`` where it knows none of them.

    A name is known in any case and in any of the model's languages; it stays as the labels have it.
    """
    places: Dict[str, int] = {}
    for place, info in enumerate(known):
        for name in (info.name, *info.names.values()):
            places.setdefault(_plain(name), place)
    same: Dict[int, ClassInfo] = {}
    others: List[ClassInfo] = []
    for one in found:
        matched = places.get(_plain(one.name))
        if matched is None or matched in same:
            others.append(one)
        else:
            same[matched] = known[matched].model_copy(update={"name": one.name})
    if not same:
        return list(found)
    kept = [same[place] for place in sorted(same)]
    ids, colors = {info.id for info in known}, [info.color for info in known]
    for one in others:
        info = ClassInfo(id=_free_id(ids), name=one.name, color=_own_color(one, colors), names=one.names)
        ids.add(info.id)
        colors.append(info.color)
        kept.append(info)
    return kept


def _free_id(taken: Set[int]) -> int:
    """Above all others where there is room."""
    above = max(taken) + 1
    return above if above < _MOST_IDS else next(number for number in range(_MOST_IDS) if number not in taken)


def _own_color(one: ClassInfo, taken: Sequence[Color]) -> Color:
    """The colour that the labels give the class, or one that can be told from the others."""
    if one.color != class_color(one.id) and one.color not in taken:
        return one.color
    candidates = [class_color(number) for number in range(_MOST_IDS)]
    apart: Optional[Color] = next((c for c in candidates if _distance(c, taken) >= _APART), None)
    return apart or max(candidates, key=lambda color: _distance(color, taken))


def _distance(color: Color, others: Sequence[Color]) -> float:
    return min(sum((a - b) ** 2 for a, b in zip(color, other)) ** 0.5 for other in others)


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
