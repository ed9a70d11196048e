"""Names of classes in other languages, for messages."""

from __future__ import annotations

from typing import Dict, Sequence

from .spec import ClassInfo

_BETWEEN = {"zh": "、"}


def listed_in(classes: Sequence[ClassInfo]) -> Dict[str, str]:
    """A list of the classes in each language that one of them has a name in. As the parameter ``X_in`` of a message it
    takes the place of ``X`` where that is the language of whoever reads it."""
    codes = sorted({code for info in classes for code in info.names})
    return {code: _BETWEEN.get(code, ", ").join(info.names.get(code, info.name) for info in classes) for code in codes}
