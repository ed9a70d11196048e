"""The command line as people and scripts use it: real processes, exit codes, words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rs_dino_engine import progress
from rs_dino_engine.cli_report import summary
from rs_dino_engine.jobs import state
from rs_dino_engine.protocol import StatusLine


def test_a_verb_runs_its_task_and_says_where_things_lie(trial):
    done = trial.trial("--names", "森.tif")
    assert done.returncode == 0, done.stderr
    assert str(trial.output / "森.tif") in done.stdout and "QGIS" in done.stdout
    assert (trial.output / "results.json").exists()
    assert state(trial.jobs()[0]).status == "successful"


def test_json_gives_status_lines_only(trial):
    done = trial.trial("--json")
    lines = [StatusLine.from_line(line) for line in done.stdout.splitlines()]
    assert [lines[0].status, lines[-1].status] == ["accepted", "successful"] and done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--steps", "0"], 2, "Steps (--steps)"),
        (["--mode", "dance"], 2, "Mode (--mode)"),
        (["--mode", "raise"], 1, "log.txt"),
        (["--unknown"], 2, "--unknown"),
        (["--recipe", "{"], 2, "recipe"),
    ],
)
def test_exit_codes(trial, arguments, code, said):
    done = trial.trial(*arguments)
    assert done.returncode == code and said in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""


def test_wrong_input_leaves_no_folder_behind(trial):
    assert trial.trial("--steps", "0").returncode == 2
    assert not trial.output.exists()


def test_nor_does_a_job_that_was_refused(trial):
    output = trial.output / "new" / "inner"
    assert trial.trial("--mode", "refuse", output=output).returncode == 2
    assert not trial.output.exists()
    trial.output.mkdir()
    (trial.output / "mine.txt").write_text("kept")
    assert trial.trial("--mode", "refuse").returncode == 2
    assert [path.name for path in trial.output.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["vectorize", "--confidense", "c.tif"], "there is no option --confidense; did you mean --confidence?"),
        (["vectorize", "a.tif", "--output", "b.gpkg", "--simplfy=2"], "did you mean --simplify?"),
        (["vectorize", "a.tif", "--zzz"], "there is no option --zzz; see --help"),
        (["vectorize", "a.tif", "--simpl", "2"], "required: --output"),
    ],
)
def test_a_misspelt_option_is_named_whatever_else_is_missing(trial, given, said):
    done = trial.run(*given)
    assert done.returncode == 2 and said in done.stderr


def test_no_verb_and_an_unknown_verb(trial):
    assert trial.run().returncode == 2
    done = trial.run("paint")
    assert done.returncode == 2 and "segment" in done.stderr


def test_what_was_given_is_the_request_and_nothing_else(trial):
    (trial.folder / "区 域.gpkg").write_bytes(b"")
    done = trial.trial(
        "--aoi", "区 域.gpkg", "--names", "a.tif,b.tif", "--names", "c.tif", "--bands", "3,2,1", "--no-fancy",
        "--steps", "2", "--step-s", "0.01", "--recipe", '{"loss": {"kind": "focal"}}',
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    request = json.loads((trial.jobs()[0] / "request.json").read_bytes())
    assert request["inputs"] == {
        "output": {"href": str(trial.output)},
        "aoi": {"href": str(trial.folder / "区 域.gpkg")},
        "names": ["a.tif", "b.tif", "c.tif"],
        "bands": [3, 2, 1],
        "fancy": False,
        "steps": 2,
        "step_s": 0.01,
        "recipe": {"loss": {"kind": "focal"}},
    }


def test_a_list_can_be_emptied(trial):
    assert trial.trial("--names", "none").returncode == 0
    assert json.loads((trial.jobs()[0] / "request.json").read_bytes())["inputs"]["names"] == []


def test_relative_output_becomes_absolute(trial):
    assert trial.trial(output="deep/结果").returncode == 0
    assert (trial.folder / "deep" / "结果" / "a.tif").exists()


def test_run_takes_a_request_from_a_file(trial):
    request = trial.folder / "请求.json"
    request.write_text(json.dumps({"processID": "trial", "inputs": {"output": str(trial.output)}}), encoding="utf-8")
    assert trial.run("run", request).returncode == 0
    assert trial.run("run", request, "--job", trial.folder / "job").returncode == 0
    assert state(trial.folder / "job").status == "successful" and len(trial.jobs()) == 1
    assert trial.run("run", trial.folder / "none.json").returncode == 2


def test_resume_goes_on_with_the_same_settings_only(trial):
    arguments = ("--steps", "5", "--stop-at", "3", "--mode", "killed")
    assert trial.trial(*arguments).returncode == -9
    assert state(trial.jobs()[0]).status == "failed"
    again = trial.trial(*arguments, "--resume")
    assert again.returncode == -9 and len(trial.jobs()) == 1, "the same job died at the same step"
    other = trial.trial("--steps", "5", "--resume")
    assert other.returncode == 0 and "no unfinished job" in other.stderr
    assert len(trial.jobs()) == 2


def test_only_the_last_jobs_are_kept(trial):
    for _ in range(7):
        assert trial.trial("--steps", "1").returncode == 0
    assert len(trial.jobs()) == 5


def test_help_and_describe_load_nothing_heavy(trial):
    """… which is why they answer in half a second; the bench measures that (``startup``)."""
    code = (
        "import sys; sys.argv = ['rs-dino', *{!r}]\nfrom rs_dino_engine.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {{'torch', 'rasterio', 'osgeo', 'numpy', 'shapely', 'onnxruntime'}} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    for arguments in (["--help"], ["segment", "--help"], ["describe"], ["describe", "segment"]):
        done = subprocess.run([sys.executable, "-c", code.format(arguments)], capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        assert "segment" in done.stdout


def test_describe_is_an_ogc_process(trial):
    done = trial.run("describe", "trial")
    document = json.loads(done.stdout)
    assert document["id"] == "trial" and document["jobControlOptions"] == ["async-execute", "dismiss"]
    steps = document["inputs"]["steps"]
    assert steps["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 3}
    assert document["inputs"]["step_s"]["x-rsdino"] == {
        "kind": "number", "unit": "s", "advanced": True, "flag": "--step-s",
    }  # fmt: skip
    assert document["inputs"]["output"]["minOccurs"] == 1
    assert document["inputs"]["names"]["schema"]["type"] == "array"
    assert trial.run("describe", "paint").returncode == 2
    assert "live" in json.loads(trial.run("describe").stdout)["x-rsdino"]["worker"]


def test_devices_and_models_answer(trial):
    found = json.loads(trial.run("devices", "--json").stdout)
    assert {d["kind"] for d in found["devices"]} == {"cpu", "cuda", "mps", "gcu"}
    assert all(d["count"] or d["reason"]["text"] for d in found["devices"])
    assert "cpu" in trial.run("devices").stdout
    assert isinstance(json.loads(trial.run("models", "--json").stdout), list)
    assert trial.run("models", "show", "no-such-model").returncode == 2
    assert trial.run("models", "show").returncode == 2


class Terminal:
    """What a stream was given."""

    def __init__(self, live):
        self.text, self._live = "", live

    def isatty(self):
        return self._live

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def line(percent, code="a", status="running", **metrics):
    return StatusLine("j", "p", status, percent, {"code": code, "params": {}, "text": f"text {code}"}, metrics)


def test_progress_bar_tells_the_time_left_also_of_a_resumed_job():
    now = [0.0]
    terminal = Terminal(live=True)
    shown = progress.Progress(terminal, clock=lambda: now[0])
    shown(line(60))
    now[0] = 10.0
    shown(line(80))
    assert "80 %" in terminal.text and "0:10 left" in terminal.text
    shown(line(80, "w", warning=True))
    assert "Warning: text w\n" in terminal.text
    shown(line(100, status="successful"))
    assert terminal.text.endswith("\r\x1b[K")


def test_progress_in_a_file_is_a_line_now_and_then():
    now = [0.0]
    terminal = Terminal(live=False)
    shown = progress.Progress(terminal, clock=lambda: now[0])
    for percent in range(100):
        now[0] += 0.1
        shown(line(percent))
    assert 8 <= terminal.text.count("\n") <= 12 and "\r" not in terminal.text


@pytest.mark.parametrize("live", [True, False])
def test_every_epoch_of_a_training_keeps_its_line(live):
    terminal = Terminal(live=live)
    shown = progress.Progress(terminal, clock=lambda: 0.0)
    for epoch in (1, 2, 3):
        shown(line(33 * epoch, f"e{epoch}", epoch=epoch))
    shown(line(100, status="successful"))
    assert [f"text e{epoch}\n" in terminal.text for epoch in (1, 2, 3)] == [True] * 3


def test_durations():
    assert [progress.duration(s) for s in (0.4, 7, 750, 11100)] == ["0:00", "0:07", "12:30", "3:05:00"]


def test_summary_aligns_chinese_names_and_picks_units():
    classes = [
        {"id": 0, "name": "森林", "area_m2": 25_000_000.0, "share": 0.5},
        {"id": 1, "name": "water", "area_m2": 12_345.6, "share": 0.25},
        {"id": 2, "name": "roof", "area_m2": 99.5, "share": 0.25},
    ]
    lines = summary({"labels": {"href": "/x.tif"}, "classes": {"value": classes}}).splitlines()[-3:]
    assert lines == ["森林   25.0 km²  50.0 %", "water   1.23 ha  25.0 %", "roof    99.5 m²  25.0 %"]


def test_doctor_says_what_is_there(trial):
    from rs_dino_engine.messages import TEXTS

    done = trial.run("doctor", "--json")
    document = json.loads(done.stdout)
    titles = {c["title"] for c in document["checks"]}
    assert done.returncode == 0 and document["ok"]
    assert {"RS-DINO", "Python", "torch", "rasterio", "device cpu", "memory", "models"} <= titles
    for check in document["checks"]:  # said as messages, which can be translated
        message = check["message"]
        assert TEXTS[message["code"]].format(**message["params"]) == message["text"] == check["said"]


def test_doctor_hides_the_home_folder(monkeypatch):
    from pathlib import Path

    from rs_dino_engine.doctor import without_home

    monkeypatch.setattr(Path, "home", lambda: Path("/home/某人"))
    assert without_home("x in /home/某人/.local/x") == "x in ~/.local/x"


def test_doctor_tells_of_a_package_that_breaks_while_loading(tmp_path, monkeypatch):
    from rs_dino_engine import doctor

    (tmp_path / "breaks_while_loading.py").write_text("raise RuntimeError('operator nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(doctor, "_NEEDED", ("breaks_while_loading",))
    bad = [c for c in doctor.examine() if c.state == "bad"]
    assert [c.title for c in bad] == ["breaks_while_loading"] and "operator nms" in bad[0].said


@pytest.mark.parametrize("where", ["null", "file"])
def test_results_into_a_file_and_messages_into_a_pipe(tmp_path, where):
    """A file can be sought in and a pipe cannot; what was opened as one must not be set up as the other."""
    with (Path(os.devnull) if where == "null" else tmp_path / "out.txt").open("wb") as out:
        command = [sys.executable, "-m", "rs_dino_engine", "describe"]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    if where == "file":
        assert json.loads((tmp_path / "out.txt").read_text(encoding="utf-8"))["processes"]
