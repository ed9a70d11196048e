"""The runner: what each kind of end looks like in the job folder, on the wire and as an exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rs_dino_engine.job_launch import start_detached
from rs_dino_engine.jobs import ask_cancel, log_tail, state
from rs_dino_engine.protocol import StatusLine
from rs_dino_engine.worker import run_job


def results_of(folder: Path) -> dict:
    return json.loads((folder / "results.json").read_bytes())


def test_a_job_is_run_and_published(trial, trial_task):
    folder = trial.folder_for(names=["森_labels.tif", "森_labels.qml"])
    seen = []
    outcome = run_job(folder, listener=seen.append)
    assert outcome.exit_code == 0 and seen[-1].status == "successful"
    assert sorted(p.name for p in trial.output.iterdir()) == ["results.json", "森_labels.qml", "森_labels.tif"]
    assert results_of(folder)["森_labels"]["href"] == str(trial.output / "森_labels.qml")
    assert results_of(trial.output)["森_labels"]["href"] == "森_labels.qml", "relative, so that the folder can be moved"
    assert sorted(p.name for p in folder.iterdir()) == [
        "job.lock", "log.txt", "request.json", "results.json", "status.ndjson",
    ]  # fmt: skip


def test_a_job_without_files_leaves_earlier_results_alone(trial, trial_task):
    assert run_job(trial.folder_for("first")).exit_code == 0
    before = (trial.output / "results.json").read_bytes()
    assert run_job(trial.folder_for("second", names=[])).exit_code == 0
    assert (trial.output / "results.json").read_bytes() == before


def test_a_file_that_was_given_is_not_written_over(trial, trial_task):
    given = trial.output / "森.tif"
    trial.output.mkdir(parents=True)
    given.write_bytes(b"given")
    folder = trial.folder_for(names=["森.tif"], aoi=str(given))
    outcome = run_job(folder)
    assert outcome.exit_code == 0 and given.read_bytes() == b"given"
    assert results_of(trial.output)["森"]["href"] == "森_2.tif"
    (said,) = results_of(folder)["messages"]["value"]
    assert said["code"] == "output-was-read" and "森_2.tif" in said["text"]


def test_wrong_input_is_one_sentence_that_names_the_option(trial, trial_task):
    folder = trial.folder_for(steps=0)
    outcome = run_job(folder)
    assert (outcome.exit_code, outcome.message.text) == (
        2, "Steps (--steps): it should be greater than or equal to 1, not 0.",
    )  # fmt: skip
    assert state(folder).status == "failed" and state(folder).message["code"] == "input-invalid"


@pytest.mark.parametrize(
    ("inputs", "code", "part"),
    [
        ({"stepz": 3}, "input-unknown", "stepz"),
        ({"mode": "dance"}, "input-choice", "Mode (--mode): dance is not one of count"),
        ({"steps": "many"}, "input-invalid", "Steps (--steps)"),
        ({"output": None}, "input-invalid", "Output folder (--output)"),
        ({"bands": [1, "x"]}, "input-invalid", "Bands (--bands)"),
    ],
)
def test_other_wrong_inputs(trial, trial_task, inputs, code, part):
    outcome = run_job(trial.folder_for(**inputs))
    assert (outcome.exit_code, outcome.message.code) == (2, code)
    assert part in outcome.message.text and "\n" not in outcome.message.text


def test_missing_input_and_unknown_task(trial, trial_task):
    from rs_dino_engine.jobs import create
    from rs_dino_engine.protocol import Request

    assert run_job(create(trial.folder / "a", Request("trial", {}))).message.code == "input-missing"
    outcome = run_job(create(trial.folder / "b", Request("paint", {})))
    assert outcome.exit_code == 2 and "segment" in outcome.message.text


def test_an_unexpected_exception_is_internal_and_its_traceback_is_in_the_log_only(trial, trial_task):
    folder = trial.folder_for(mode="raise", stop_at=1)
    outcome = run_job(folder)
    assert (outcome.exit_code, outcome.message.code) == (1, "internal")
    assert "Traceback" not in (folder / "status.ndjson").read_text(encoding="utf-8")
    assert "trial_tasks.py" in log_tail(folder) and not any(trial.output.iterdir())


def test_cancelled_before_it_started(trial, trial_task):
    folder = trial.folder_for()
    ask_cancel(folder)
    assert run_job(folder).exit_code == 130
    assert state(folder).status == "dismissed" and not trial.output.exists()


def test_hrefs_are_inputs_too(trial, trial_task):
    folder = trial.folder_for(output={"href": str(trial.output)}, aoi={"href": "x.gpkg"})
    assert run_job(folder).exit_code == 0


def test_resumed_after_a_kill_it_goes_on_where_it_was(trial, trial_task, waiting):
    folder = trial.folder_for(mode="killed", stop_at=4, steps=6)
    start_detached(trial.run_command(folder), folder)
    waiting(lambda: (folder / "exit-code").exists())
    assert state(folder).status == "failed"
    request = json.loads((folder / "request.json").read_bytes())
    request["inputs"]["stop_at"] = 99
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    assert run_job(folder, resume=True).exit_code == 0
    assert results_of(folder)["summary"]["value"]["first"] == 4


def test_stray_prints_stay_off_the_wire_and_end_in_the_log(trial):
    folder = trial.folder_for(mode="noise")
    done = subprocess.run(trial.run_command(folder, "--json"), capture_output=True, timeout=60)
    lines = [StatusLine.from_line(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert lines[-1].status == "successful"
    log = (folder / "log.txt").read_text(encoding="utf-8")
    for who in ("Python", "a file descriptor", "C", "a child"):
        assert f"noise of {who}\n" in log
    assert b"noise" not in done.stderr


def test_wire_is_utf8_whatever_the_locale(trial):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        trial.command("trial", "--output", trial.output, "--names", "森.tif"), capture_output=True, env=environment
    )
    assert done.returncode == 0 and "森.tif" in done.stdout.decode("utf-8")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_no_utf8_survives(trial):
    """A GBK name from an old archive."""
    name = os.fsdecode("影像".encode("gbk"))
    done = trial.run("trial", "--output", trial.folder / name, "--json")
    assert done.returncode == 0, done.stderr
    assert (trial.folder / name / "a.tif").exists()


def test_a_reader_that_goes_away_does_not_end_the_job(trial, waiting):
    folder = trial.folder_for(steps=30, step_s=0.03)
    process = subprocess.Popen(
        trial.run_command(folder, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    process.stdout.readline()
    process.stdout.close()
    process.stderr.close()
    assert process.wait(30) == 0 and state(folder).status == "successful"


def test_closed_standard_streams(trial):
    folder = trial.folder_for(mode="noise")
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *trial.run_command(folder, "--json")]
    assert subprocess.run(command, timeout=60).returncode == 0
    assert state(folder).status == "successful"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels(trial, waiting, number):
    folder = trial.folder_for(steps=1000, step_s=0.05)
    process = subprocess.Popen(trial.run_command(folder), stderr=subprocess.DEVNULL)
    waiting(lambda: state(folder).progress > 0)
    process.send_signal(number)
    assert process.wait(5) == 130 and state(folder).status == "dismissed"


def test_a_signal_before_the_task_began_cancels_too(trial):
    folder = trial.folder_for()
    process = subprocess.Popen(trial.run_command(folder, "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert b"accepted" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(10) in (0, 130), "the job may have been quicker"
    assert state(folder).status == ("dismissed" if process.returncode else "successful") and rest


def test_a_second_signal_ends_at_once(trial, waiting):
    folder = trial.folder_for(steps=1000, step_s=0.05, mode="deaf")
    process = subprocess.Popen(trial.run_command(folder), stderr=subprocess.DEVNULL)
    waiting(lambda: state(folder).progress > 0)
    process.send_signal(signal.SIGINT)
    waiting(lambda: (folder / "cancel").exists())
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(2) == -signal.SIGINT and state(folder).status == "dismissed"


def test_worker_runs_one_after_another_in_one_process_and_leaves_when_idle(trial, waiting):
    folders = [trial.folder_for(f"任务 {n}", steps=5, step_s=0.05) for n in range(3)]
    process = subprocess.Popen(trial.command("worker", "--idle", "0.5"), stdin=subprocess.PIPE, encoding="utf-8")
    for folder in folders:
        process.stdin.write(json.dumps({"job": str(folder)}) + "\n")
    process.stdin.write('not json\n{"release": true}\n')
    process.stdin.flush()
    waiting(lambda: (folders[0] / "results.json").exists())
    assert state(folders[2]).status == "accepted", "held while it waits"
    assert process.wait(30) == 0
    process.stdin.close()
    assert {results_of(f)["summary"]["value"]["pid"] for f in folders} == {process.pid}


def test_worker_ends_with_its_input_and_survives_bad_jobs(trial):
    bad, good = trial.folder_for("bad", mode="raise"), trial.folder_for("good")
    gone = trial.folder_for("gone")
    ask_cancel(gone)
    text = "".join(json.dumps({"job": str(f)}) + "\n" for f in (bad, gone, good, trial.folder / "no request"))
    done = trial.run("worker", "--json", input=text)
    assert done.returncode == 0
    assert [state(f).status for f in (bad, gone, good)] == ["failed", "dismissed", "successful"]
    assert {json.loads(line)["jobID"] for line in done.stdout.splitlines()} == {"bad", "gone", "good", "no request"}


def test_a_full_disk_is_a_sentence(tmp_path, trial, trial_task):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.name == "nt" or os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a file system of our own cannot be mounted here")
    try:
        folder = trial.folder_for("../disk/job", mode="fill-disk", stop_at=1)
        outcome = run_job(folder.resolve())
        assert (outcome.exit_code, outcome.message.code) == (2, "disk-full")
        assert state(folder).status == "failed"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_read_only_destination_is_known_before_the_work(trial, trial_task):
    trial.output.mkdir()
    blocked = trial.output / "file"
    blocked.write_bytes(b"")
    outcome = run_job(trial.folder_for(output=str(blocked), mode="raise"))
    assert (outcome.exit_code, outcome.message.code) == (2, "output-read-only")


def test_openmp_waits_politely_before_torch_is_imported(trial):
    code = (
        "import os, sys; sys.argv = ['x', 'describe']\nfrom rs_dino_engine.cli import main\nmain()\n"
        "assert os.environ['OMP_WAIT_POLICY'] == 'PASSIVE' and 'torch' not in sys.modules"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True).returncode == 0


def test_results_beside_a_file_do_not_replace_those_of_other_jobs(tmp_path):
    from rs_dino_engine.tasks import declaration
    from rs_dino_engine.validation import checked_inputs
    from rs_dino_engine.worker import destination_of

    task = declaration("vectorize")
    inputs = checked_inputs(task, {"labels": "a.tif", "output": str(tmp_path / "面.gpkg")})
    assert destination_of(task, inputs) == (tmp_path, "面_results.json")
