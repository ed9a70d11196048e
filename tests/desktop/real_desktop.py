"""Starts the real QGIS under Xvfb, in a profile of its own, and plays a script of steps in it.

One start plays one script. Whatever happens, it ends in time, and a picture of the screen is kept when it goes wrong.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

from qgis.PyQt.QtCore import QSettings
from qgis.PyQt.QtGui import QImage

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "build" / "desktop"
"""What the screen showed, to be looked at; never compared."""
DEADLINE_S = 240
"""From the start of a QGIS to its end."""
# Debian's wrapper passes an option that its program does not always know.
QGIS = "qgis.bin"
SETTINGS = {
    "qgis/checkVersion": False,
    "app/plugin_repositories/QGIS Official Plugin Repository/enabled": False,
    "locale/overrideFlag": True,
    "locale/userLocale": "en",
}


class Screen:
    """An X server without a monitor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
        with (folder / "xvfb.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-fbdir", str(folder)], pass_fds=[writing], stdout=log, stderr=log
            )
        os.close(writing)
        with os.fdopen(reading) as said:
            number = said.readline().strip()  # comes when the server is ready; nothing when it died
        assert number, (folder / "xvfb.log").read_text()
        self.display = f":{number}"

    def picture(self, path: Path) -> None:
        """Save what it shows, without asking any program that may hang."""
        with suppress(OSError, struct.error, ValueError):
            dump = (self.folder / "Xvfb_screen0").read_bytes()
            header = struct.unpack(">25I", dump[:100])  # an X window dump
            size, width, height, per_line, colours = header[0], header[4], header[5], header[12], header[19]
            start = size + colours * 12
            pixels = dump[start : start + per_line * height]
            path.parent.mkdir(parents=True, exist_ok=True)
            QImage(pixels, width, height, per_line, QImage.Format.Format_RGB32).save(str(path))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def write_settings(profile: Path, values: Dict[str, Any]) -> None:
    """Put settings of QGIS into a profile."""
    settings = QSettings(str(profile / "profiles" / "default" / "QGIS" / "QGIS3.ini"), QSettings.Format.IniFormat)
    for key, value in values.items():
        settings.setValue(key, value)
    settings.sync()


class Run(NamedTuple):
    """What a QGIS left: its steps' outcomes, its exit code, what it printed."""

    steps: Dict[str, str]
    exit_code: int
    log: str


class RealDesktop:
    """A QGIS process. ``profile`` may be shared by several; more of the environment may be given."""

    def __init__(self, screen: Screen, profile: Path, script: Path, name: str, **more: str) -> None:
        self._screen, self.name = screen, name
        write_settings(profile, SETTINGS)
        self._until = time.monotonic() + DEADLINE_S
        self._report = profile / f"{name}.ndjson"
        self._log = profile / f"{name}.log"
        runtime = profile / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        own = ("RS_DINO_ENGINE_PYTHON", "QGIS_PLUGINPATH", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "XDG_DATA_HOME")
        environment = {key: value for key, value in os.environ.items() if key not in own}
        environment.update(
            DISPLAY=screen.display, QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1", HOME=str(profile),
            XDG_RUNTIME_DIR=str(runtime), XDG_CONFIG_HOME=str(profile / "config"), SCRIPT=str(script),
            REPORT=str(self._report), PICTURES=str(PICTURES / name), **more,
        )  # fmt: skip
        command = [
            QGIS, "--nologo", "--noversioncheck", "--profiles-path", str(profile),
            "--code", str(HERE / "inside.py"),
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def steps(self) -> Dict[str, str]:
        """What each step came to so far: ``ok``, or what went wrong."""
        lines: List[str] = []
        with suppress(FileNotFoundError):
            lines = self._report.read_text(encoding="utf-8").splitlines()
        return {said["step"]: said["outcome"] for said in map(json.loads, lines)}

    def end(self) -> Run:
        """Wait for its end; what takes too long is killed."""
        try:
            self._process.wait(max(0.0, self._until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._screen.picture(PICTURES / self.name / "failed.png")
        self.kill()
        code = self._process.wait()
        steps = self.steps()
        if code != 0 or any(outcome != "ok" for outcome in steps.values()):
            print(f"{QGIS} ended with {code}; see {PICTURES / self.name}")
        return Run(steps, code, self._log.read_text(encoding="utf-8", errors="replace"))

    def kill(self) -> None:
        """End what is left of it; jobs have sessions of their own and live on."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
