"""Job folders: made, listed, and read by somebody who did not start the job."""

import json
import os
import time

import pytest

from rs_dino_plugin.engine_client.documents import Request
from rs_dino_plugin.engine_client.job_store import JobStore, Pace, known_job
from rs_dino_plugin.engine_client.local import TAIL_BYTES


def write(folder, lines, inputs=None):
    folder.mkdir(parents=True, exist_ok=True)
    request = Request("segment", inputs or {"rasters": ["正射 1.tif"]})
    (folder / "request.json").write_text(json.dumps(request.document()), encoding="utf-8")
    documents = [{"jobID": folder.name, "processID": "segment", **line} for line in lines]
    (folder / "status.ndjson").write_text("".join(json.dumps(one) + "\n" for one in documents), encoding="utf-8")
    return folder


def test_folders_have_names_that_any_system_takes_and_sort_by_time(tmp_path):
    store = JobStore(tmp_path / "任务" / "jobs")
    assert store.folders() == []
    made = [store.new_folder("segment", name) for name in ('正射 1:"a/b"?', "x" * 300, "", " . ")]
    assert all(folder.is_dir() for folder in made)
    assert made[0].name.endswith("segment-正射 1__a_b__")
    assert all(len(folder.name) < 70 for folder in made)
    assert len(set(made)) == 4
    assert store.folders() == sorted(made, reverse=True)


def test_two_jobs_of_one_second_have_folders_of_their_own(tmp_path):
    store = JobStore(tmp_path)
    assert len({store.new_folder("segment", "a") for _ in range(5)}) == 5


def test_folder_without_a_request_is_no_job(tmp_path):
    assert known_job(tmp_path) is None
    (tmp_path / "request.json").write_text("[1]")
    assert known_job(tmp_path) is None
    assert known_job(tmp_path / "gone") is None


def test_job_that_ran_for_hours_is_read_from_its_end(tmp_path):
    progress = [{"status": "running", "progress": n / 100, "metrics": {"windows": n}} for n in range(9000)]
    folder = write(tmp_path / "job", [*progress, {"status": "successful", "progress": 100}])
    assert (folder / "status.ndjson").stat().st_size > 2 * TAIL_BYTES
    job = known_job(folder)
    assert (job.state, job.status.progress) == ("successful", 100)
    assert job.job._read_bytes == (folder / "status.ndjson").stat().st_size


def test_job_that_died_says_with_which_exit_code(tmp_path):
    folder = write(tmp_path / "job", [{"status": "running", "progress": 30}])
    (folder / "exit-code").write_text("3221225477\n")
    job = known_job(folder)
    assert job.state == "failed" and job.status.message.params == {"exit_code": "0xc0000005"}
    assert job.status.progress == 30


def test_job_that_was_just_asked_for_is_not_dead(tmp_path):
    folder = write(tmp_path / "job", [])
    job = known_job(folder)
    assert job.state == "accepted" and not job.is_final
    old = time.time() - 1000
    os.utime(folder / "request.json", (old, old))
    assert job.look().ended and job.state == "failed"


def test_warnings_are_kept_once_and_apart_from_what_is_said(tmp_path):
    warning = {"code": "gsd-coarse", "params": {"gsd": 5}, "text": "coarse"}
    lines = [
        {"status": "running", "progress": 1, "message": warning, "metrics": {"warning": True}},
        {"status": "running", "progress": 2, "message": {"code": "writing", "params": {}, "text": "w"}},
        {"status": "running", "progress": 3, "message": warning, "metrics": {"warning": True}},
        {"status": "successful", "progress": 100},
    ]
    job = known_job(write(tmp_path / "job", lines))
    assert [message.code for message in job.warnings] == ["gsd-coarse"]
    assert job.said.code == "writing"


def test_time_left_follows_the_pace_since_the_first_progress():
    pace = Pace()
    assert pace.left_s() is None
    for progress, at_s in ((0, 0), (0, 50), (20, 100)):  # the model took its time to load
        pace.see(progress, at_s)
        assert pace.left_s() is None
    pace.see(40, 110)
    assert pace.left_s() == pytest.approx(30)
