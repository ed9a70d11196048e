"""Jobs that are known from their folders alone: who holds a lock is ended, and nobody else."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rs_dino_plugin.engine_client.documents import Request
from rs_dino_plugin.engine_client.holder import holder
from rs_dino_plugin.engine_client.local import LocalEngine, LocalJob
from rs_dino_plugin.engine_client.lock import is_held
from rs_dino_plugin.engine_client.process import end_tree

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are written for POSIX")
DEADLINE_S = 20.0
DEAF = """
import signal, subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
(job / "child").write_text(str(child.pid))
say("running", 1)
time.sleep(1000)
"""
HOLD = """
import fcntl, sys, time
lock = open(sys.argv[1], "r+")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(1000)
"""


def until(condition):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def bystander():
    """A process that has nothing to do with any job, and leads a group."""
    process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def hold(tmp_path):
    """Writes what the lock's file says, and has a process hold the lock."""
    started = []

    def held(**said):
        (tmp_path / "job.lock").write_text(json.dumps(said), encoding="utf-8")
        command = [sys.executable, "-c", HOLD, str(tmp_path / "job.lock")]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True))
        assert started[-1].stdout.readline()
        return started[-1]

    yield held
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_hung_job_of_an_earlier_session_is_ended_with_its_children(stand_in_engine, tmp_path):
    started = LocalEngine(stand_in_engine(DEAF)).start(Request("segment", {}), tmp_path / "任务 1")
    other = LocalJob(started.folder)
    until(lambda: other.news() and other.status.state == "running")
    child = int((started.folder / "child").read_text())
    try:
        assert holder(started.folder) == (started._process.pid, True)
        other.end()
        assert not is_held(started.folder)
        assert other.news()[-1].state == "dismissed"
        until(lambda: not runs(child))
    finally:
        end_tree(started._process)


def test_the_engine_says_who_holds_a_job_as_this_side_reads_it(engine_python, tmp_path):
    code = (
        "import sys; from pathlib import Path; from rs_dino_engine.job_lock import JobLock\n"
        "JobLock(Path(sys.argv[1])).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    command = [str(engine_python), "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline()
        assert holder(tmp_path) == (process.pid, True)
        LocalJob(tmp_path).end()
        assert process.wait(DEADLINE_S) < 0


def test_nobody_is_ended_whose_lock_is_free(tmp_path, bystander):
    said = {"pid": bystander.pid, "host": socket.gethostname(), "leads_group": True}
    (tmp_path / "job.lock").write_text(json.dumps(said), encoding="utf-8")
    LocalJob(tmp_path).end()
    assert holder(tmp_path) is None and bystander.poll() is None


def test_a_number_that_is_another_process_here_is_left_alone(tmp_path, hold, bystander):
    """As in a container, which has the host's name and numbers of its own."""
    held = hold(pid=bystander.pid, host=socket.gethostname(), leads_group=True)
    LocalJob(tmp_path).end()
    assert bystander.poll() is None and held.poll() is None


NOBODY = ({"host": "elsewhere"}, {"pid": 0}, {"pid": -1}, {"pid": 1}, {"pid": True}, {"pid": "7"})


@pytest.mark.parametrize("said", NOBODY)
def test_another_machine_and_no_process_at_all_are_left_alone(tmp_path, hold, monkeypatch, said):
    from rs_dino_plugin.engine_client import holder as module

    held = hold(**{"pid": os.getppid(), "host": socket.gethostname(), "leads_group": False, **said})
    asked = []
    monkeypatch.setattr(module, "signal_tree", lambda *signal: asked.append(signal))
    monkeypatch.setattr(module, "_may_hold", lambda *_: True)
    LocalJob(tmp_path).end()
    assert asked == [] and held.poll() is None


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", "7"])
def test_a_lock_that_names_nobody_is_left_alone(tmp_path, hold, text):
    held = hold()
    (tmp_path / "job.lock").write_text(text, encoding="utf-8")
    LocalJob(tmp_path).end()
    assert holder(tmp_path) is None and held.poll() is None
