"""Two QGIS at once; one is closed while its job runs. What each does is in two.py."""

import shutil
import sys
import time
import zipfile
from typing import NamedTuple

import pytest
import two
from real_desktop import DEADLINE_S, HERE, ROOT, RealDesktop, Run, write_settings

sys.path.append(str(ROOT / "tests" / "plugin"))
from stand_in_engine import install  # noqa: E402

# It waits for what the test does; the raster itself is the result.
WORK = """
say("running", 10)
while not (job / "go").exists():
    if (job / "cancel").exists():
        say("dismissed", 10); sys.exit()
    time.sleep(0.01)
import shutil
folder = Path(inputs["output"]); folder.mkdir()
shutil.copy(inputs["rasters"][0], folder / "R_labels.tif")
results = {"labels": {"href": str(folder / "R_labels.tif")}}
(job / "results.json").write_text(json.dumps(results), encoding="utf-8")
say("successful", 100, "job-done", "Done.")
"""


class Both(NamedTuple):
    """How the two ended, and what the first one's job had come to right after its QGIS was gone."""

    runs: dict
    left: str


pytestmark = pytest.mark.timeout(600)  # QGIS has a dead line of its own, which leaves a picture


def wait_for(condition):
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(scope="module")
def both(screen, archive, raster, tmp_path_factory):
    profile = tmp_path_factory.mktemp("用户 two")
    default, jobs = profile / "profiles" / "default", profile / "任务 jobs"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(default / "python" / "plugins")
    engine = install(profile / "引擎 with space", WORK)
    own = {"PythonPlugins/rs_dino_plugin": True, "rsdino/engine_python": engine, "rsdino/jobs_folder": jobs}
    write_settings(profile, {key: value if value is True else str(value) for key, value in own.items()})
    desktops = {}
    try:
        yield played(screen, profile, raster, jobs, desktops)
    finally:
        for desktop in desktops.values():
            desktop.kill()
        for folder in jobs.glob("*"):
            (folder / "cancel").touch()


def played(screen, profile, raster, jobs, desktops) -> Both:
    """Start both, let the first one's job end when its QGIS has; ``desktops`` is filled as they start."""
    for role in ("first", "second"):
        shutil.copy(raster, profile / f"{role}.tif")
        given = {"ROLE": role, "RASTER": str(profile / f"{role}.tif")}
        desktops[role] = RealDesktop(screen, profile, HERE / "two.py", role, **given)
        # a QGIS that meets another one in the middle of loading a plugin takes that for a crash, and switches it off
        wait_for(lambda now=desktops[role]: "start" in now.steps() or not now.is_running)
    first = desktops["first"].end()
    seen = "job_of_the_other_qgis_is_listed"
    wait_for(lambda: seen in desktops["second"].steps() or not desktops["second"].is_running)
    folders = list(jobs.glob("*-segment-first"))
    left = (folders[0] / "status.ndjson").read_text(encoding="utf-8") if folders else ""
    for folder in folders:
        (folder / "go").touch()
    return Both({"first": first, "second": desktops["second"].end()}, left)


@pytest.mark.parametrize(
    ("role", "step"),
    [(role, step.__name__) for role, steps in (("first", two.FIRST), ("second", two.SECOND)) for step in steps],
)
def test_step(both, role, step):
    run: Run = both.runs[role]
    if step not in run.steps:
        pytest.fail(f"not reached; QGIS ended with {run.exit_code}\n{run.log[-3000:]}")
    assert run.steps[step] == "ok", run.steps[step]


@pytest.mark.parametrize("role", ["first", "second"])
def test_qgis_ends_well_and_says_nothing_bad(both, role):
    run: Run = both.runs[role]
    assert run.exit_code == 0 and "Traceback" not in run.log, run.log[-3000:]


def test_job_went_on_when_its_qgis_was_closed(both):
    assert '"running"' in both.left and not any(end in both.left for end in ('"failed"', '"dismissed"', '"successful"'))
