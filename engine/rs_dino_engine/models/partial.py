"""What an interrupted download has left: ``X.part``, and beside it ``X.part.json``, which says what it is the beginning
of. It is gone on with only when the server speaks of the same file still."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+)")


class _About(NamedTuple):
    """``validator``: ETag or date as the server told it; ``total``: bytes of the whole file."""

    validator: Optional[str] = None
    total: Optional[int] = None


class Partial:
    """The beginning of ``target``. ``checked``: the whole will be compared with a hash, so that a beginning of which
    the server has told no more than its length may be gone on with."""

    def __init__(self, target: Path, checked: bool) -> None:
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._checked = checked

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.path.stat().st_size if self.path.exists() else 0

    def asks(self) -> Dict[str, str]:
        """The headers that ask for the rest (RFC 9110, 13.1.5 and 14.2); none, and nothing kept, where what is here
        cannot be gone on with."""
        about = self._about()
        if self.size and (about.validator or (about.total and self._checked)):
            asked = {"Range": f"bytes={self.size}-"}
            return {**asked, "If-Range": about.validator} if about.validator else asked
        self.forget()
        return {}

    def goes_on(self, headers: Any) -> bool:
        """Whether an answer of 206 is the rest of this very file."""
        first, total = _range(headers)
        return first == self.size and total is not None and self._about().total in (None, total)

    def is_whole(self, headers: Any) -> bool:
        """Whether, after an answer of 416, nothing is missing."""
        known, told = self._about().total, _range(headers)[1]
        return self.size == (known if told is None else told) and known in (None, self.size)

    def begin(self, headers: Any) -> None:
        """Begin anew, with a note of what the server says about the whole."""
        length = headers.get("Content-Length")
        about = _About(_validator(headers), int(length) if length is not None else None)
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps(about._asdict()), encoding="utf-8")

    def finish(self, target: Path) -> None:
        """Give the file its name."""
        self.path.replace(target)
        self.forget()

    def forget(self) -> None:
        for path in (self.path, self._note):
            if path.exists():
                path.unlink()

    def _about(self) -> _About:
        try:
            found = json.loads(self._note.read_text(encoding="utf-8"))
            validator, total = found["validator"], found["total"]
        except (OSError, ValueError, KeyError, TypeError):
            return _About()
        told = isinstance(validator, str) and validator.isascii() and validator.isprintable()
        return _About(validator if told else None, total if isinstance(total, int) else None)


def _validator(headers: Any) -> Optional[str]:
    """A strong ETag, else the date; a weak ETag says nothing about bytes."""
    etag = headers.get("ETag")
    found = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified")
    return str(found) if found else None


def _range(headers: Any) -> "tuple[Optional[int], Optional[int]]":
    """The first byte that is sent, and the bytes of the whole file, as ``Content-Range`` tells them."""
    found = _RANGE.fullmatch(str(headers.get("Content-Range") or "").strip())
    if found is None:
        return None, None
    return (int(found.group(1)) if found.group(1) else None), int(found.group(2))
