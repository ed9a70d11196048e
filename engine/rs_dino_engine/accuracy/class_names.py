"""From what somebody wrote in a field - an id, a name, a name in another language - to classes of a map."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional, Set

from ..errors import UserError
from ..models.spec import ClassMap

_LISTED = 60


def ids_of(
    values: Iterable[Any], field: str, class_map: Optional[ClassMap], known: Iterable[int]
) -> List[Optional[int]]:
    """Class ids, None for what is empty. ``known`` ids are classes, too, where the map has no table of them.

    Raises ``UserError`` naming what stands for no class, and the classes there are.
    """
    classes = [] if class_map is None else class_map.classes
    numbers = {c.id for c in classes} | set(known)
    names: Dict[str, int] = {}
    for c in classes:
        for name in (*c.names.values(), c.name):
            names[_plain(name)] = c.id
    found = [_id(value, names, numbers) for value in values]
    wrong = {str(one.value).strip(): None for one in found if isinstance(one, _Unknown)}
    if wrong:
        bare = [str(n) for n in sorted(numbers - {c.id for c in classes})]
        listed = [_listed(c.id, c.name, list(c.names.values())) for c in classes] + bare
        known_in = {}
        for code in sorted({code for c in classes for code in c.names}):  # the reader's own language comes first
            theirs = [_listed(c.id, c.names.get(code, c.name), [c.name, *c.names.values()]) for c in classes] + bare
            known_in[code] = ", ".join(theirs[:_LISTED])
        raise UserError(
            "references-unknown",
            field=field,
            wanted=", ".join(list(wrong)[:5]),
            known=", ".join(listed[:_LISTED]),
            known_in=known_in,
        )
    return [one for one in found if not isinstance(one, _Unknown)]


class _Unknown:
    def __init__(self, value: Any) -> None:
        self.value = value


def _id(value: Any, names: Dict[str, int], numbers: Set[int]) -> Any:
    if value is None or value != value or not str(value).strip():
        return None
    text = _plain(str(value))
    if text in names:
        return names[text]
    try:
        number = float(text)
    except ValueError:
        return _Unknown(value)
    return int(number) if number in numbers else _Unknown(value)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _listed(number: int, name: str, others: List[str]) -> str:
    more = [other for other in dict.fromkeys(others) if other != name]
    return f"{number} {name}" + (f" ({', '.join(more)})" if more else "")
