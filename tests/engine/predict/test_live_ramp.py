"""The ramp of live mode: a full run's rule over what was seen, in few round steps, and never narrower."""

import numpy as np
import pytest
from rs_dino_engine.predict.live_ramp import LiveRamp
from rs_dino_engine.predict.products import Layer
from rs_dino_engine.raster.sink import LayerInfo

LAYER = Layer("canopy_height", "float32", -9999.0, 1)
INFO = LayerInfo("canopy_height", "float32", -9999.0, ("canopy_height",), unit="m")


def values(*numbers):
    return np.array(numbers, np.float32).reshape(1, 1, -1)


@pytest.mark.parametrize(
    ("seen", "ends"),
    [
        ((0, 0, 9), (0, 9)),
        ((0, 10), (0, 12)),
        ((0, 11.5), (0, 12)),
        ((0, 31), (0, 36)),
        ((0.001, 0.29), (0, 3)),
        ((-3, 4), (-3, 6)),
        ((281, 299), (280, 304)),
        ((4, 4), (4, 7)),
    ],
)
def test_ends_are_round_and_hold_all(tmp_path, seen, ends):
    ramp = LiveRamp(LAYER, INFO, tmp_path / "ramp.json")
    ramp.see(values(*seen))
    assert ramp.follow() and ramp.ends == pytest.approx(ends)


def test_it_follows_higher_values_and_is_never_narrower(tmp_path):
    ramp = LiveRamp(LAYER, INFO, tmp_path / "ramp.json")
    assert not ramp.follow() and ramp.ends is None
    ramp.see(values(-9999, -9999))
    assert not ramp.follow(), "nothing was seen"
    found = []
    for highest in (8, 9, 12, 14, 2, 33, 1):
        ramp.see(values(0, highest, highest))
        found.append((ramp.follow(), ramp.ends))
    assert found[:2] == [(True, (0, 9)), (False, (0, 9))]
    assert [changed for changed, _ in found].count(True) <= 4
    assert all(before[1][1] <= after[1][1] for before, after in zip(found, found[1:])) and found[-1][1][1] >= 20


def test_a_few_wild_pixels_do_not_stretch_it(tmp_path):
    """… to where they are; they count as in a run's style."""
    ramp = LiveRamp(LAYER, INFO, tmp_path / "ramp.json")
    ramp.see(values(*([5.0] * 5000 + [6.0] * 5000 + [400.0])))
    ramp.follow()
    assert ramp.ends[1] <= 72


def test_a_later_session_goes_on_with_it(tmp_path):
    ramp = LiveRamp(LAYER, INFO, tmp_path / "ramp.json")
    ramp.see(values(0, 18))
    ramp.follow()
    later = LiveRamp(LAYER, INFO, tmp_path / "ramp.json")
    assert later.ends == ramp.ends == (0, 18) and not later.follow()
    later.see(values(0, 28))
    assert later.follow() and later.ends[1] >= 28
