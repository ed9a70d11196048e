"""Everything the engine says to people, as a code and parameters.

The English text is made here; other languages are made where the message is shown, from the same
code and parameters. One file an area; each holds a literal dict so that translators' tools can read it.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple

from . import accuracy, device, doctor, job, model, predict, raster, training, vector

TEXTS: Dict[str, str] = {}
for _area in (accuracy, device, doctor, job, model, predict, raster, training, vector):
    TEXTS.update(_area.TEXTS)


class Message(NamedTuple):
    """A code of ``TEXTS`` with the values its text names."""

    code: str
    params: Dict[str, Any]

    @property
    def text(self) -> str:
        """The English sentence."""
        return TEXTS[self.code].format(**self.params)

    def as_dict(self) -> Dict[str, Any]:
        """The shape that status lines and results carry: ``{code, params, text}``."""
        return {"code": self.code, "params": self.params, "text": self.text}


def message(code: str, **params: Any) -> Message:
    """Make a message; a code that is not declared raises ``KeyError`` at once."""
    TEXTS[code].format(**params)
    return Message(code, params)
