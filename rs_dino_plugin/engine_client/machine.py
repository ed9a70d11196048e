"""What this machine has: Pythons that an environment can be made of, uv, NVIDIA cards. Nothing is changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Iterator, List, Mapping, NamedTuple, Optional, Tuple

from .command import run_command

OLDEST, NEWEST = (3, 10), (3, 13)
"""The Pythons for which every package of the engine has wheels."""
_ASK = """
import json, sys, importlib.util as u
try:
    import ssl
except ImportError:
    ssl = None
makes = all(map(u.find_spec, ("venv", "ensurepip")))
print(json.dumps([sys.version_info[:2], sys.maxsize > 2**32, makes, ssl is not None]))
"""
_SMI = "name,driver_version,memory.total"


class Python(NamedTuple):
    """An interpreter that was asked what it is."""

    path: Path
    version: Tuple[int, int]
    is_64_bit: bool
    makes_environments: bool
    """It has venv and ensurepip; Debian packs them separately."""
    has_ssl: bool
    """Its ``ssl`` loads; one that was built where OpenSSL was not there fetches nothing."""

    @property
    def fits(self) -> bool:
        return self.is_64_bit and self.has_ssl and OLDEST <= self.version <= NEWEST


class Card(NamedTuple):
    """An NVIDIA card; ``capability`` is its generation (8.9), None where an old driver does not tell."""

    name: str
    driver: Tuple[int, ...]
    memory_mb: float
    capability: Optional[float]


def ask_python(path: Path, environment: Mapping[str, str]) -> Optional[Python]:
    """The interpreter at ``path``; None for what is not there, is no Python, or does not run."""
    try:
        done = run_command([str(path), "-I", "-c", _ASK], environment, Path.home(), answers=True)
        (major, minor), wide, makes, has_ssl = json.loads(done.answer)
    except (OSError, ValueError, TypeError):
        return None
    return Python(path, (major, minor), wide, makes, has_ssl)


def fitting_python(environment: Mapping[str, str]) -> Optional[Python]:
    """The first Python on this machine that an environment can be made of."""
    found = (ask_python(path, environment) for path in python_places(environment))
    return next((python for python in found if python and python.fits and python.makes_environments), None)


def python_places(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where Pythons may be. ``sys.executable`` is not asked: in QGIS on Windows and macOS it is QGIS itself."""
    path = next((value for name, value in environment.items() if name.upper() == "PATH"), "")
    if os.name == "nt":
        yield from _windows_places(environment, path)
        return
    # macOS' own python3 is old, or a stub that asks to install something
    usual = ["/opt/homebrew/bin", "/usr/local/bin", *([] if sys.platform == "darwin" else ["/usr/bin"])]
    names = [f"python{OLDEST[0]}.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)] + ["python3"]
    folders = [folder for folder in path.split(os.pathsep) if sys.platform != "darwin" or folder != "/usr/bin"] + usual
    seen = set()
    for name in names:
        for folder in folders:
            place = Path(folder) / name
            if folder and place not in seen and os.access(str(place), os.X_OK):
                seen.add(place)
                yield place


def _windows_places(environment: Mapping[str, str], path: str) -> Iterator[Path]:
    """Written for Windows; not run on it here. The launcher knows what was installed; QGIS's own comes last, for
    it goes away with that QGIS. Windows' "python.exe" that only opens the store is left out."""
    launcher = shutil.which("py", path=path)
    for version in range(NEWEST[1], OLDEST[1] - 1, -1) if launcher else ():
        ask = [str(launcher), f"-3.{version}-64", "-c", "import sys; print(sys.executable)"]
        try:
            answer = run_command(ask, environment, Path.home(), answers=True).answer.strip()
        except OSError:
            break
        if answer:
            yield Path(answer)
    for folder in path.split(os.pathsep):
        if folder and "windowsapps" not in folder.lower() and (Path(folder) / "python.exe").is_file():
            yield Path(folder) / "python.exe"
    for name in ("python.exe", "python3.exe"):
        if (Path(sys.base_exec_prefix) / name).is_file():
            yield Path(sys.base_exec_prefix) / name


def find_uv(environment: Mapping[str, str], own: Path) -> Optional[Path]:
    """uv: our ``own``, on PATH, or where its installers put it."""
    if own.is_file():
        return own
    path = next((value for name, value in environment.items() if name.upper() == "PATH"), "")
    home = Path.home()
    places = [path, str(home / ".local" / "bin"), str(home / ".cargo" / "bin"), "/opt/homebrew/bin"]
    found = shutil.which("uv", path=os.pathsep.join(places))
    return Path(found) if found else None


def nvidia_cards(environment: Mapping[str, str]) -> Optional[List[Card]]:
    """The cards that NVIDIA's driver lists; None where there is no driver, [] where it lists none."""
    path = next((value for name, value in environment.items() if name.upper() == "PATH"), "")
    root = environment.get("SystemRoot", environment.get("SYSTEMROOT", ""))
    places = [path, str(Path(root) / "System32")] if root else [path, "/usr/bin", "/usr/local/bin", "/usr/lib/wsl/lib"]
    program = shutil.which("nvidia-smi", path=os.pathsep.join(places))
    if program is None:
        return None
    for fields in (_SMI + ",compute_cap", _SMI):  # drivers before 2021 do not know compute_cap
        command = [program, f"--query-gpu={fields}", "--format=csv,noheader,nounits"]
        try:
            done = run_command(command, environment, Path.home(), answers=True)
        except OSError:
            return None
        if done.code == 0:
            return [card for card in map(read_card, done.answer.splitlines()) if card]
    return []


def read_card(line: str) -> Optional[Card]:
    """A line of nvidia-smi: name, driver, memory in MB and, on newer ones, the capability."""
    parts = [part.strip() for part in line.split(",")]
    driver = tuple(int(number) for number in re.findall(r"\d+", parts[1])) if len(parts) > 2 else ()
    if not driver:
        return None
    memory, capability = (re.fullmatch(r"\d+(\.\d+)?", part) for part in (parts[2], parts[3] if parts[3:] else ""))
    return Card(parts[0], driver, float(memory[0]) if memory else 0.0, float(capability[0]) if capability else None)


def has_enflame(environment: Mapping[str, str]) -> bool:
    """Whether Enflame's driver is here. Its PyTorch comes with it and is on no index."""
    path = next((value for name, value in environment.items() if name.upper() == "PATH"), "")
    return shutil.which("efsmi", path=path) is not None or Path("/dev/gcu0").exists()
