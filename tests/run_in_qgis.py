"""usage: run_in_qgis.py ARGUMENTS OF PYTEST - the tests that run in QGIS or on Qt, in a process that may crash.

Where it crashes, the last lines say in which test, and where in Python: its output alone ends with the bottom of the
stack. What Qt's offscreen platform says at every window is left out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List

NOISE = b"This plugin does not support propagateSizeHints()"
FRAMES = 15
_NOW = "RS_DINO_TEST_NOW"
_status = 1


def pytest_runtest_logstart(nodeid: str, location: object) -> None:
    """In the tests' process: note which test begins."""
    Path(os.environ[_NOW]).write_text(nodeid, encoding="utf-8")


def pytest_sessionfinish(session: object, exitstatus: int) -> None:
    """In the tests' process: note how it went."""
    global _status
    _status = int(exitstatus)


def pytest_unconfigure(config: object) -> None:
    """In the tests' process: all is said. What a failed test still holds of Qt must not be deleted after Qt."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_status)


def main(arguments: List[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        now = Path(folder) / "now"
        now.write_text("(before the first test)", encoding="utf-8")
        environment = {**os.environ, _NOW: str(now), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        command = [sys.executable, str(Path(__file__).resolve()), "--inside", *arguments]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        dump = passed_on(process)
        code = process.wait()
        if code < 0:
            name = signal.Signals(-code).name
            print(f"\nThe tests' process was ended by {name}, in or right after\n  {now.read_text(encoding='utf-8')}")
            print("\n".join(top(dump)) or "It left no Python stack.", flush=True)
    return code if code >= 0 else 128 - code


def passed_on(process: subprocess.Popen) -> List[str]:
    """Hand on what the process says, without the noise; what follows the last “Fatal Python error”."""
    dump: List[str] = []
    assert process.stderr is not None
    for line in process.stderr:
        if line.strip() == NOISE:
            continue
        sys.stderr.buffer.write(line)
        sys.stderr.flush()
        text = line.decode(errors="replace").rstrip()
        if text.startswith("Fatal Python error"):
            dump = [text]
        elif dump:
            dump.append(text)
    return dump


def top(dump: List[str]) -> List[str]:
    """The newest frames of the thread that crashed, as far as the test."""
    found, is_in_it = dump[:1], False
    for line in dump[1:]:
        if line.startswith("Current thread"):
            is_in_it = True
        elif is_in_it and not line:
            break
        elif is_in_it:
            found.append(line)
            if " in test_" in line or len(found) > FRAMES:
                break
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        import pytest

        for name in ("PYTHONFAULTHANDLER", "PYTHONUNBUFFERED"):  # read by now; what tests start is not to have them
            os.environ.pop(name, None)
        sys.exit(pytest.main(sys.argv[2:], plugins=[sys.modules[__name__]]))
    sys.exit(main(sys.argv[1:]))
