"""How processes are started on Windows: the branch that is for it, run here with what it asks for noted down."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from rs_dino_plugin.engine_client import process

FLAGS = {"CREATE_NO_WINDOW": 0x08000000, "CREATE_NEW_PROCESS_GROUP": 0x200, "CREATE_BREAKAWAY_FROM_JOB": 0x01000000}


@pytest.fixture
def windows(monkeypatch):
    """Collects what would be started; ``refuse`` are flags with which Windows refuses to."""
    asked = SimpleNamespace(started=[], refuse=0)

    def start(command, **how):
        asked.started.append((command, how))
        if how["creationflags"] & asked.refuse:
            raise PermissionError("the job object does not allow it")
        return SimpleNamespace(pid=7, poll=lambda: None, wait=lambda *_: 0)

    names = {name: getattr(subprocess, name) for name in ("PIPE", "DEVNULL", "STDOUT", "TimeoutExpired")}
    monkeypatch.setattr(process, "subprocess", SimpleNamespace(Popen=start, run=start, **names, **FLAGS))
    monkeypatch.setattr(process, "os", SimpleNamespace(name="nt", environ={"SYSTEMROOT": "C:/Windows"}))
    return asked


def all_without_window(started):
    return bool(started) and all(how["creationflags"] & FLAGS["CREATE_NO_WINDOW"] for _, how in started)


def test_a_job_has_no_console_and_outlives_qgis(windows, tmp_path):
    process.start_detached(["python"], {}, tmp_path, tmp_path / "log")
    ((_, how),) = windows.started
    assert how["creationflags"] == sum(FLAGS.values()) and "start_new_session" not in how


def test_where_a_job_object_holds_on_to_it_it_is_started_inside(windows, tmp_path):
    windows.refuse = FLAGS["CREATE_BREAKAWAY_FROM_JOB"]
    process.start_detached(["python"], {}, tmp_path, tmp_path / "log")
    assert len(windows.started) == 2 and all_without_window(windows.started)
    assert not windows.started[1][1]["creationflags"] & windows.refuse


def test_commands_and_their_end_have_no_console(windows, tmp_path):
    started = process.start_piped(["pip"], {}, tmp_path)
    process.end_tree(started)
    assert [Path(command[0]).name for command, _ in windows.started] == ["pip", "taskkill.exe"]
    assert all_without_window(windows.started)


def test_who_holds_a_lock_is_ended_without_a_console_and_with_what_it_started(windows):
    process.signal_tree(7, True, at_once=False)
    ((command, how),) = windows.started
    assert command[1:] == ["/T", "/F", "/PID", "7"] and all_without_window([(command, how)])
