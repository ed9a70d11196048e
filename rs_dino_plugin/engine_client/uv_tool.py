"""Gets uv: one program out of its wheel, from the package index or from a folder of wheels."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Callable, Iterable, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote, urldefrag, urljoin

from .setup_texts import SetupError

PYPI = "https://pypi.org/simple"
Fetch = Callable[[str], bytes]
"""The content at an address; raises ``OSError``. QGIS's own network, with its proxy and certificates, is handed in."""
_WHEEL = re.compile(r"uv-(\d+(?:\.\d+)*)-py3-none-([\w.]+)\.whl")
_LINK = re.compile(r'<a\s[^>]*href="([^"]+)"', re.IGNORECASE)
_MACHINES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64"}


class Platform(NamedTuple):
    """``sys.platform`` and ``platform.machine()``; ``musl``: a Linux whose C library is musl."""

    system: str
    machine: str
    musl: bool = False

    def runs(self, tags: str) -> bool:
        """Whether a wheel with these platform tags is for this machine."""
        machine = _MACHINES.get(self.machine.lower(), self.machine.lower())
        if self.system == "win32":
            return tags == {"x86_64": "win_amd64", "aarch64": "win_arm64"}.get(machine, "win32")
        if self.system == "darwin":
            return tags.startswith("macosx") and tags.endswith("arm64" if machine == "aarch64" else "x86_64")
        return tags.startswith("musllinux" if self.musl else "manylinux") and tags.endswith("_" + machine)


def get_uv(target: Path, platform: Platform, index: str, wheels: Optional[Path], fetch: Optional[Fetch]) -> Path:
    """Put uv at ``target``: from the folder of ``wheels`` where one fits, else from the ``index``; ``fetch`` None:
    not from the network. Raises :class:`SetupError` with a reason that fits into a sentence."""
    if wheels is not None and wheels.is_dir():
        here = _newest((path.name for path in wheels.glob("uv-*.whl")), platform)
        if here is not None:
            return _unpack((wheels / here).read_bytes(), target)
    if fetch is None:
        raise SetupError("uv-not-offline")
    page = index.rstrip("/") + "/uv/"
    try:
        links = [urljoin(page, unescape(link)) for link in _LINK.findall(fetch(page).decode("utf-8", "replace"))]
        names = {unquote(urldefrag(link).url.rsplit("/", 1)[-1]): link for link in links}
        name = _newest(names, platform)
        if name is None:
            raise SetupError("uv-none-fits", index=index)
        address, fragment = urldefrag(names[name])
        content = fetch(address)
    except OSError as error:
        raise SetupError("uv-unreachable", index=index, reason=str(error)) from error
    if fragment != "sha256=" + hashlib.sha256(content).hexdigest():
        raise SetupError("uv-altered", index=index)
    return _unpack(content, target)


def _newest(names: Iterable[str], platform: Platform) -> Optional[str]:
    fitting: List[Tuple[Tuple[int, ...], str]] = []
    for name in names:
        match = _WHEEL.fullmatch(name)
        if match and platform.runs(match[2]):
            fitting.append((tuple(int(part) for part in match[1].split(".")), name))
    return max(fitting)[1] if fitting else None


def _unpack(wheel: bytes, target: Path) -> Path:
    """The program appears under its name only when it is whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(wheel)) as packed:
            name = next(n for n in packed.namelist() if n.endswith(("/scripts/uv", "/scripts/uv.exe")))
            content = packed.read(name)
    except (zipfile.BadZipFile, StopIteration) as error:
        raise SetupError("uv-altered", index=target.name) from error
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(content)
    part.chmod(0o755)
    part.replace(target)
    return target
