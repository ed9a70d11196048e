"""What is found, as one document: checks with figures. Nothing private gets into it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence

FORMAT = "rs-dino-verify-1"
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"
REPORT_JSON, REPORT_MD = "report.json", "report.md"
_LINK = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://\S+")
_FOLDERS = re.compile(r"(?<![\w.)/\\])(?:[A-Za-z]:|~)?[\\/](?=[^\\/\s])(?:[^\\/\s:*?\"'<>|,;()]+[\\/])*")


@dataclass
class Check:
    """Something that was asked. ``said``: one sentence; ``figures``: what a program may compare."""

    name: str
    state: str
    said: str
    figures: Dict[str, Any] = field(default_factory=dict)


class Report:
    """Collects checks and figures; ``tell`` is called with every check as it comes."""

    def __init__(self, private: Sequence[Path], tell: Callable[[str], None] = lambda text: None) -> None:
        self._folders = sorted({str(p) for path in private for p in _folders(path)}, key=len, reverse=True)
        self._tell = tell
        self.checks: List[Check] = []
        self.parts: Dict[str, Any] = {}

    def add(self, check: Check) -> None:
        check = Check(check.name, check.state, self.clean(check.said), self.clean(check.figures))
        self.checks.append(check)
        self._tell(f"{check.state:<8}{check.name}: {check.said}")

    def put(self, name: str, value: Any) -> None:
        """Another part of the document; parts of the same name become a list."""
        self.parts.setdefault(name, []).append(self.clean(value))

    def clean(self, value: Any) -> Any:
        """Texts inside the value without folders, links and what may stand in them."""
        if isinstance(value, str):
            return without_places(value, self._folders)
        if isinstance(value, dict):
            return {self.clean(k): self.clean(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(v) for v in value]
        return value

    @property
    def failed(self) -> bool:
        return any(check.state == FAILED for check in self.checks)

    def document(self) -> Dict[str, Any]:
        counts = {state: sum(c.state == state for c in self.checks) for state in (PASSED, FAILED, NOT_RUN)}
        return {
            "format": FORMAT,
            "ok": not self.failed,
            "counts": counts,
            **self.parts,
            "checks": [vars(check) for check in self.checks],
        }


def without_places(text: str, folders: Sequence[str] = ()) -> str:
    """``/home/somebody/models/x.pth`` -> ``x.pth``. ``folders`` are known ones, which may hold spaces."""
    text = _LINK.sub("(link)", text)
    for folder in folders:
        for written in (folder, folder.replace("\\", "/")):
            text = text.replace(written + "/", "").replace(written + "\\", "")
    return _FOLDERS.sub("", text)


def _folders(path: Path) -> List[Path]:
    """The path itself, where it is a folder, and the one that it lies in, without the root of the disk."""
    found = [path.absolute(), path.resolve(), path.absolute().parent, path.resolve().parent]
    return [p for p in found if len(p.parts) > 1 and not p.is_file()]
