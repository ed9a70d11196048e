"""Jobs of an engine on this machine: real processes, and every way they can end."""

import os
import time
from pathlib import Path

import pytest
from stand_in_engine import empty_environment

from rs_dino_plugin.engine_client.client import ClientError
from rs_dino_plugin.engine_client.documents import Request, parse_document
from rs_dino_plugin.engine_client.local import LocalEngine, LocalJob
from rs_dino_plugin.engine_client.lock import is_held

REQUEST = Request("segment", {"rasters": ["正射 1.tif"]})
DEADLINE_S = 20.0


def wait_for(job, condition):
    """News of ``job`` until ``condition`` holds."""
    said = []
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, said
        said += job.news()
        time.sleep(0.01)
    return said


def to_end(job):
    return wait_for(job, lambda: job.status is not None and job.status.is_final)


@pytest.fixture
def start(stand_in_engine, tmp_path):
    def started(body):
        return LocalEngine(stand_in_engine(body)).start(REQUEST, tmp_path / "任务 1")

    return started


def test_job_runs_and_its_documents_arrive_whole(start):
    job = start(
        """
say("running", 50, "predicting", "Half done", windows=4)
(job / "results.json").write_text(json.dumps({"labels": {"href": "outputs/标签.tif", "type": "image/tiff"},
    "summary": {"value": inputs}}, ensure_ascii=False), encoding="utf-8")
say("successful", 100)
"""
    )
    said = to_end(job)
    assert [status.state for status in said] == ["accepted", "running", "successful"]
    assert said[1].message.params == {"windows": 4}
    results = job.results()
    assert results.links["labels"].path(job.folder) == job.folder / "outputs" / "标签.tif"
    assert results.values["summary"] == REQUEST.inputs  # Chinese names survived the journey there and back
    assert job.news() == []


def test_half_a_line_is_read_when_the_rest_has_come(tmp_path):
    job = LocalJob(tmp_path)
    line = b'{"jobID": "1", "status": "running", "progress": 7}\n{"jobID": "1", "status": "succ'
    (tmp_path / "status.ndjson").write_bytes(line)
    assert [status.progress for status in job._read_status()] == [7]
    with (tmp_path / "status.ndjson").open("ab") as status:
        status.write(b'essful"}\n')
    assert [status.state for status in job._read_status()] == ["successful"]


def test_crash_is_a_failure_with_its_exit_code_and_log(start):
    job = start('print("a library said this", flush=True); os._exit(7)')
    said = to_end(job)
    assert said[-1].state == "failed"
    assert said[-1].message.params == {"exit_code": 7}
    assert "a library said this" in job.log_tail()
    wait_for(job, (job.folder / "exit-code").exists)
    assert (job.folder / "exit-code").read_text() == "7\n"


def test_process_killed_by_the_system_says_memory(start):
    job = start("os.kill(os.getpid(), 9)")
    assert to_end(job)[-1].message.code == "client-killed"


def test_crash_after_half_a_line_is_a_failure(start):
    job = start('open(job / "status.ndjson", "a").write(\'{"jobID": "1", "sta\'); os._exit(1)')
    assert to_end(job)[-1].state == "failed"


def test_interpreter_without_engine_is_named(tmp_path):
    job = LocalEngine(empty_environment(tmp_path / "env")).start(REQUEST, tmp_path / "job")
    said = to_end(job)
    assert said[-1].message.code == "client-not-installed"
    assert str(tmp_path / "env") in said[-1].message.text


@pytest.mark.parametrize("kind", ["missing", "not executable", "a folder"])
def test_interpreter_that_cannot_be_started_is_an_error_at_once(tmp_path, kind):
    python = tmp_path / "python"
    if kind == "not executable":
        python.write_text("no")
    elif kind == "a folder":
        python.mkdir()
    with pytest.raises(ClientError, match="could not be started"):
        LocalEngine(python).start(REQUEST, tmp_path / "job")


def test_cancel_is_a_request_and_the_job_ends_itself(start):
    job = start(
        """
say("running", 1)
while not (job / "cancel").exists():
    time.sleep(0.01)
say("dismissed", 1)
"""
    )
    wait_for(job, lambda: job.status is not None and job.status.state == "running")
    job.cancel()
    assert to_end(job)[-1].state == "dismissed"


def test_job_that_hangs_is_ended_with_its_children(start):
    job = start(
        """
import subprocess, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.pause()"])
(job / "child").write_text(str(child.pid))
say("running", 1)
time.sleep(1000)
"""
    )
    wait_for(job, lambda: job.status is not None and job.status.state == "running")
    child = int((job.folder / "child").read_text())
    job.end()
    assert to_end(job)[-1].state == "dismissed"
    assert not is_held(job.folder)
    until = time.monotonic() + DEADLINE_S
    while _runs(child):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_somebody_else_sees_by_the_lock_whether_a_job_lives(start):
    job = start('say("running", 1)\nwhile not (job / "cancel").exists(): time.sleep(0.01)\nos._exit(3)')
    wait_for(job, lambda: job.status is not None and job.status.state == "running")
    other = LocalJob(job.folder)
    assert other.is_alive()
    assert other.news()[-1].state == "running"
    job.cancel()
    to_end(job)
    assert not other.is_alive()
    assert other.news()[-1].state == "dismissed"  # it was asked to stop


def test_job_outlives_who_started_it(stand_in_engine, tmp_path):
    """Started in a process group of its own: a signal to ours does not reach it."""
    python = stand_in_engine('say("running", 1)\ntime.sleep(0.3)\nsay("successful", 100)')
    job = LocalEngine(python).start(REQUEST, tmp_path / "job")
    assert os.getpgid(job._process.pid) != os.getpgrp()
    to_end(job)


def test_results_that_are_garbled_are_an_error(tmp_path):
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(ClientError, match="cannot be understood"):
        LocalJob(tmp_path).results()


def test_engine_gets_the_cleaned_environment(stand_in_engine, tmp_path):
    python = stand_in_engine(
        """
(job / "results.json").write_text(json.dumps({"environment": {"value": dict(os.environ)}}))
say("successful", 100)
"""
    )
    parent = {**os.environ, "PYTHONPATH": "/qgis", "GDAL_DATA": "/qgis", "https_proxy": "http://proxy:1"}
    job = LocalEngine(python, parent).start(REQUEST, tmp_path / "job")
    to_end(job)
    environment = job.results().values["environment"]
    assert "PYTHONPATH" not in environment and "GDAL_DATA" not in environment
    assert environment["PYTHONUTF8"] == "1"
    assert environment["https_proxy"] == "http://proxy:1"


def test_request_is_written_as_the_protocol_has_it(start):
    job = start('say("successful", 100)')
    to_end(job)
    assert parse_document((job.folder / "request.json").read_bytes()) == {
        "processID": "segment", "inputs": {"rasters": ["正射 1.tif"]}, "outputs": {},
    }  # fmt: skip


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
