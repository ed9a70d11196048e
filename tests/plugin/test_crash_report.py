"""A crash of the tests' process says, last, where it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / "run_in_qgis.py"
CRASH = """
import ctypes, sys

def deep(left):
    return deep(left - 1) if left else ctypes.string_at(0)

def test_that_passes():
    sys.stderr.write("This plugin does not support propagateSizeHints()\\nheard\\n")

def test_that_crashes():
    deep(3)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_last_lines_tell_test_and_frames(tmp_path):
    (tmp_path / "test_it.py").write_text(CRASH, encoding="utf-8")
    command = [sys.executable, str(RUN), "-p", "no:cacheprovider", "-s", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 128 + signal.SIGSEGV
    told = done.stdout[done.stdout.index("was ended by SIGSEGV") :].splitlines()
    assert told[1].endswith("test_it.py::test_that_crashes")
    assert told[2] == "Fatal Python error: Segmentation fault" and told[-1].endswith("in test_that_crashes")
    assert sum(line.endswith("in deep") for line in told) == 4
    assert "heard" in done.stderr and "propagateSizeHints" not in done.stderr
