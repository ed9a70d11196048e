"""One QGIS, from the zip to the layers, by clicks. What each step does is in tour.py."""

import pytest
import tour
from real_desktop import HERE, RealDesktop

pytestmark = pytest.mark.timeout(600)  # QGIS has a dead line of its own, which leaves a picture


@pytest.fixture(scope="module")
def run(screen, archive, engine_python, raster, tmp_path_factory):
    profile = tmp_path_factory.mktemp("用户 profile")
    given = {"ZIP": archive, "ENGINE": engine_python, "RASTER": raster}
    desktop = RealDesktop(
        screen, profile, HERE / "tour.py", "tour", **{key: str(value) for key, value in given.items()}
    )
    return desktop.end()


@pytest.mark.parametrize("step", [step.__name__ for step in tour.STEPS])
def test_step(run, step):
    if step not in run.steps:
        pytest.fail(f"not reached; QGIS ended with {run.exit_code}\n{run.log[-3000:]}")
    assert run.steps[step] == "ok", run.steps[step]


def test_qgis_ends_well_and_says_nothing_bad(run):
    assert run.exit_code == 0, run.log[-3000:]
    assert "Traceback" not in run.log, run.log[-3000:]
