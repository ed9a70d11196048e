"""A command that is run to its end: its words, its answer, and its end when it is stopped."""

import os
import sys
import threading
from pathlib import Path

import pytest

from rs_dino_plugin.engine_client.command import run_command


def run(code, **how):
    return run_command([sys.executable, "-u", "-c", code], {**os.environ, "PYTHONUTF8": "1"}, Path.home(), **how)


def test_lines_are_heard_as_they_come():
    heard = []
    done = run("import sys; print('一'); print('10 %\\r20 %'); print('err', file=sys.stderr)", hear=heard.append)
    assert done.code == 0 and done.answer == ""
    assert sorted(heard) == sorted(["一", "10 %", "20 %", "err"])
    assert "20 %" in done.tail


def test_an_answer_is_kept_apart():
    heard = []
    done = run("import sys; sys.stderr.write('note\\n'); print('{}')\nprint(1)", hear=heard.append, answers=True)
    assert (done.answer, heard, done.tail) == ("{}\n1\n", ["note"], "note")


def test_what_is_given_is_read():
    assert run("print(input()[::-1])", given="密码abc\n", answers=True).answer == "cba码密\n"
    assert run("pass", given="nobody reads this\n" * 100_000).code == 0


def test_exit_codes_come_through():
    assert run("import sys; sys.exit(3)").code == 3


def test_stopped_with_its_children(tmp_path):
    stop, pids = threading.Event(), []

    def hear(line):
        pids.append(int(line))
        stop.set()

    child = f"import subprocess, sys; p = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(600)']);"
    done = run(child + "print(p.pid); p.wait()", hear=hear, cancelled=stop.is_set)
    assert done.stopped
    with pytest.raises(ProcessLookupError):
        while True:  # an orphan disappears when init has buried it
            os.kill(pids[0], 0)
            if "Z" in Path(f"/proc/{pids[0]}/stat").read_text().rsplit(")", 1)[1][:3]:
                raise ProcessLookupError


def test_what_is_not_there_raises():
    with pytest.raises(OSError):
        run_command(["/nowhere/program"], {}, Path.home())
