"""Label ids of chips. An id stands for the set of classes a pixel may have; 255 says nothing.

The first ids are the wanted classes themselves (one each); further ids are sets that a source cannot tell
apart, such as "vegetation" = low vegetation or tree.
"""

from __future__ import annotations

from typing import FrozenSet, List, Sequence

import numpy as np

IGNORED = 255


class LabelTable:
    """Wanted class names, and the sets of them that occur. At most 255 ids."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = list(classes)
        self._sets: List[FrozenSet[int]] = [frozenset([i]) for i in range(len(self.classes))]

    def __len__(self) -> int:
        return len(self._sets)

    def id_of(self, names: Sequence[str]) -> int:
        """The id of a set of classes, new where needed. A set of all classes says nothing: ``IGNORED``."""
        unknown = [n for n in names if n not in self.classes]
        if unknown:
            raise ValueError(f"{unknown[0]} is not one of {self.classes}")
        wanted = frozenset(self.classes.index(n) for n in names)
        if len(wanted) in (0, len(self.classes)):
            return IGNORED
        if wanted not in self._sets:
            self._sets.append(wanted)
        return self._sets.index(wanted)

    def allowed(self) -> np.ndarray:
        """(ids, classes) bool: which classes a pixel of an id may have."""
        out = np.zeros((len(self._sets), len(self.classes)), bool)
        for row, classes in enumerate(self._sets):
            out[row, sorted(classes)] = True
        return out

    def as_lists(self) -> List[List[int]]:
        """The sets as plain lists, for JSON."""
        return [sorted(s) for s in self._sets]

    @classmethod
    def from_lists(cls, classes: Sequence[str], sets: Sequence[Sequence[int]]) -> "LabelTable":
        table = cls(classes)
        table._sets = [frozenset(s) for s in sets]
        return table
