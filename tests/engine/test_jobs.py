"""The job folder: what it says while a job lives, ends, dies; and that nobody needs to ask the process."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from rs_dino_engine.errors import Cancelled, UserError
from rs_dino_engine.job_history import new_job, tidy, unfinished_job
from rs_dino_engine.job_launch import cancel, start_detached
from rs_dino_engine.job_lock import JobLock, holder, is_held
from rs_dino_engine.jobs import JobFolder, ask_cancel, create, log_tail, record_exit, reopen, state
from rs_dino_engine.messages import message
from rs_dino_engine.protocol import Request, read_status

ENGINE = Path(__file__).resolve().parents[2] / "engine"


def job_in(tmp_path, **options) -> JobFolder:
    return JobFolder(create(tmp_path / "任务 1", Request("trial", {})), **options)


def test_state_through_a_life(tmp_path):
    folder = create(tmp_path / "j", Request("trial", {}))
    assert state(folder).status == "accepted"
    with JobFolder(folder) as job:
        assert state(folder).status == "accepted"
        job.report(12.5, message("job-started"), loss=0.5)
        seen = state(folder)
        assert (seen.status, seen.progress, seen.message["code"], seen.process_id) == (
            "running", 12.5, "job-started", "trial",
        )  # fmt: skip
        job.succeed({})
    assert (state(folder).status, state(folder).progress) == ("successful", 100)
    assert not (folder / "checkpoint").exists()


def test_lock_is_exclusive_and_shows_its_holder(tmp_path):
    with job_in(tmp_path) as job:
        assert is_held(job.folder)
        assert holder(job.folder).pid == os.getpid()
        with pytest.raises(UserError) as raised, JobFolder(job.folder):
            pass
        assert raised.value.message.code == "job-busy"
        assert is_held(job.folder), "a second look must not drop the lock"
    assert not is_held(job.folder) and holder(job.folder) is None


def test_looking_does_not_keep_a_job_from_starting(tmp_path):
    stop = threading.Event()

    def look():
        while not stop.is_set():
            is_held(tmp_path)

    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(20):
            lock = JobLock(tmp_path)
            assert lock.acquire()
            lock.release()
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


def test_pure_progress_is_throttled_and_news_is_not(tmp_path):
    with job_in(tmp_path) as job:
        for step in range(500):
            job.report(step / 10, message("job-started"))
        job.report(60, message("job-publishing", folder="x"))
        lines = read_status(job.folder / "status.ndjson")
    assert len(lines) < 20
    assert lines[-1].message["code"] == "job-publishing" and lines[-1].progress == 60


def test_progress_stays_within_bounds_and_never_goes_back(tmp_path):
    with job_in(tmp_path) as job:
        for wanted, shown in ((-5, 0), (40, 40), (30, 40), (170, 100)):
            job.report(wanted)
            assert job.progress == shown


def test_metrics_that_json_lacks_become_null(tmp_path):
    with job_in(tmp_path) as job:
        job.report(1, message("job-started"), loss=float("nan"), best=float("inf"))
    line = (job.folder / "status.ndjson").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(line, parse_constant=pytest.fail)["metrics"] == {"loss": None, "best": None}


def test_warnings_are_shown_once_and_kept(tmp_path):
    with job_in(tmp_path) as job:
        for _ in range(3):
            job.warn(message("output-locked", path="a", renamed="b"))
        assert len(job.warnings) == 1
        assert [line.metrics.get("warning") for line in read_status(job.folder / "status.ndjson")].count(True) == 1


def test_cancel_file_stops_at_the_next_check(tmp_path):
    with job_in(tmp_path) as job:
        job.check_cancel()
        ask_cancel(job.folder)
        with pytest.raises(Cancelled):
            job.check_cancel()


def test_a_status_line_cut_off_by_a_crash_hides_nothing(tmp_path):
    with job_in(tmp_path) as job:
        job.report(10, message("job-started"))
    with (job.folder / "status.ndjson").open("ab") as file:
        file.write(b'{"jobID": "x", "proc')
    assert read_status(job.folder / "status.ndjson")[-1].progress == 10
    with JobFolder(job.folder) as again:
        again.report(20, message("job-started"))
    assert read_status(job.folder / "status.ndjson")[-1].progress == 20


def test_resume_keeps_the_checkpoint_and_a_fresh_run_drops_it(tmp_path):
    with job_in(tmp_path) as job:
        (job.checkpoint / "part").write_bytes(b"1")
        (job.outputs / "half.tif").write_bytes(b"1")
    with JobFolder(job.folder, resume=True) as job:
        assert job.resume and (job.checkpoint / "part").exists() and not any(job.outputs.iterdir())
    with JobFolder(job.folder) as job:
        assert not job.resume and not any(job.checkpoint.iterdir())
    with JobFolder(job.folder, resume=True) as job:
        assert not job.resume, "there is nothing to resume from"


@pytest.mark.parametrize(
    ("code", "expected"),
    [(None, "job-died"), (-9, "job-killed"), (137, "job-killed"), (3221225477, "job-crashed"), (3, "job-died-code")],
)
def test_a_death_is_told_with_the_exit_code_and_the_log(tmp_path, code, expected):
    with job_in(tmp_path) as job:
        job.report(30, message("job-started"))
        job.log("the last thing that was done")
    if code is not None:
        record_exit(job.folder, code)
    seen = state(job.folder)
    assert (seen.status, seen.exit_code, seen.message["code"]) == ("failed", code, expected)
    assert "the last thing that was done" in seen.message["text"]


def test_a_job_that_never_started_fails_after_a_while(tmp_path):
    folder = create(tmp_path / "j", Request("trial", {}))
    old = time.time() - 3600
    os.utime(str(folder / "request.json"), (old, old))
    assert (state(folder).status, state(folder).message["code"]) == ("failed", "job-never-started")


def test_a_job_whose_start_failed_is_known_at_once(tmp_path):
    folder = create(tmp_path / "j", Request("trial", {}))
    record_exit(folder, 127)
    assert state(folder).status == "failed"


def test_a_job_that_died_after_being_asked_to_stop_is_dismissed(tmp_path):
    with job_in(tmp_path) as job:
        job.report(30, message("job-started"))
        ask_cancel(job.folder)
    assert state(job.folder).status == "dismissed"


def test_reopened_job_is_accepted_until_it_starts(tmp_path):
    with job_in(tmp_path) as job:
        job.report(30, message("job-started"))
        ask_cancel(job.folder)
    reopen(job.folder)
    assert state(job.folder).status == "accepted"
    with JobFolder(job.folder) as again:
        again.check_cancel()


def test_a_cancel_counts_for_the_run_it_was_meant_for(tmp_path):
    with job_in(tmp_path) as job:
        ask_cancel(job.folder)
        time.sleep(0.02)
        job.end("dismissed", message("cancelled"))
    with JobFolder(job.folder) as again:
        again.check_cancel()
        again.end("failed", message("cancelled"))
    time.sleep(0.02)
    ask_cancel(job.folder)
    with JobFolder(job.folder) as third, pytest.raises(Cancelled):
        third.check_cancel()


def test_the_tail_of_a_log_is_its_end(tmp_path):
    (tmp_path / "log.txt").write_text("森" * 10_000 + "end\n", encoding="utf-8")
    assert log_tail(tmp_path, 10) == "森" * 6 + "end" and log_tail(tmp_path / "none") == ""


def test_killed_process_means_failed_with_signal_and_last_words(trial, waiting):
    folder = trial.folder_for(mode="killed", steps=5, stop_at=2)
    start_detached(trial.run_command(folder), folder)
    waiting(lambda: (folder / "exit-code").exists())
    seen = state(folder)
    assert (seen.status, seen.exit_code, seen.message["code"]) == ("failed", -9, "job-killed")
    assert "last words" in seen.message["text"]
    assert not any(trial.output.glob("*"))


def test_a_crash_inside_a_library_leaves_its_stack_in_the_log(trial, waiting):
    folder = trial.folder_for(mode="crash")
    start_detached(trial.run_command(folder), folder)
    waiting(lambda: (folder / "exit-code").exists())
    assert state(folder).status == "failed" and "trial_tasks.py" in state(folder).log_tail


def test_a_job_outlives_whoever_started_it(trial, waiting):
    folder = trial.folder_for(steps=10, step_s=0.1)
    command = trial.run_command(folder)
    code = (
        "import os, sys; from pathlib import Path; from rs_dino_engine.job_launch import start_detached\n"
        f"print(start_detached({command!r}, Path({str(folder)!r})), flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert parent.returncode == -signal.SIGKILL
    waiting(lambda: state(folder).status == "running")
    waiting(lambda: state(folder).status == "successful")
    assert (trial.output / "a.tif").exists()


def test_two_jobs_at_once_do_not_meet(trial, waiting):
    folders = [trial.folder_for(f"任务 {n}", steps=5, step_s=0.1, names=[f"{n}.tif"]) for n in (1, 2)]
    for folder in folders:
        start_detached(trial.run_command(folder), folder)
    for folder in folders:
        waiting(lambda folder=folder: state(folder).status == "successful")
    assert sorted(p.name for p in trial.output.glob("*.tif")) == ["1.tif", "2.tif"]
    assert len({json.loads((f / "results.json").read_bytes())["summary"]["value"]["pid"] for f in folders}) == 2


def test_cancel_is_quick_and_leaves_nothing(trial, waiting):
    folder = trial.folder_for(steps=1000, step_s=0.05)
    start_detached(trial.run_command(folder), folder)
    waiting(lambda: state(folder).progress > 0)
    begin = time.monotonic()
    assert cancel(folder)
    assert time.monotonic() - begin < 2
    assert state(folder).status == "dismissed" and state(folder).message["code"] == "cancelled"
    waiting(lambda: (folder / "exit-code").exists())
    assert state(folder).exit_code == 130
    assert not any(trial.output.glob("*")) and not any((folder / "outputs").glob("*"))


def test_a_job_that_does_not_listen_is_ended_with_its_children(trial, waiting):
    folder = trial.folder_for(steps=1000, step_s=0.1, mode="children", stop_at=1)
    pid = start_detached(trial.run_command(folder), folder)
    waiting(lambda: state(folder).progress > 0.15)
    group = [int(p.name) for p in Path("/proc").glob("[0-9]*") if _group(p) == pid]
    assert len(group) == 2
    os.kill(pid, signal.SIGSTOP)  # deaf
    assert cancel(folder, grace_s=0.3)
    assert state(folder).status == "dismissed"
    waiting(lambda: all(_group(Path(f"/proc/{p}")) is None for p in group))


def _group(process: Path):
    """Process group of a living process."""
    try:
        fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[2])


def test_cancel_of_a_job_that_is_over_is_fine(tmp_path):
    with job_in(tmp_path) as job:
        job.succeed({})
    assert cancel(job.folder, 0.1) and state(job.folder).status == "successful"


def ended(destination, request, status="failed"):
    folder = new_job(destination, request)
    with JobFolder(folder) as job:
        (job.checkpoint / "part").write_bytes(b"1")
        if status == "successful":
            job.succeed({})
        else:
            job.end(status, message("cancelled"))
    return folder


def test_the_unfinished_job_with_the_same_request_is_found(tmp_path):
    asked = Request("trial", {"output": "x", "steps": 3})
    assert unfinished_job(tmp_path, asked) is None
    ended(tmp_path, Request("trial", {"output": "x", "steps": 4}))
    ended(tmp_path, Request("other", {"output": "x", "steps": 3}))
    ended(tmp_path, asked, "successful")
    mine = ended(tmp_path, asked)
    assert unfinished_job(tmp_path, Request("trial", {"steps": 3, "output": "x", "preflight": True})) == mine


def test_a_running_job_is_not_resumed(tmp_path):
    asked = Request("trial", {"steps": 3})
    with JobFolder(new_job(tmp_path, asked)):
        assert unfinished_job(tmp_path, asked) is None


def test_tidy_keeps_the_last_and_the_living(tmp_path):
    asked = Request("trial", {"steps": 3})
    with JobFolder(new_job(tmp_path, asked)) as alive:
        failed = ended(tmp_path, asked)
        other = ended(tmp_path, Request("trial", {"steps": 9}))
        tidy(tmp_path, asked)
        assert not (failed / "checkpoint").exists(), "superseded by the success"
        assert (other / "checkpoint").exists(), "somebody may still resume it"
        for _ in range(7):
            ended(tmp_path, asked, "successful")
        tidy(tmp_path, asked, keep=3)
        left = list((tmp_path / ".rs-dino").iterdir())
        assert alive.folder in left and len(left) == 4
