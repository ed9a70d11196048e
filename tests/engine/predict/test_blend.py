"""Blended windows equal the whole-image pass, for a network whose receptive field lies inside the overlap."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.spec import Band, InputSpec, OutputSpec
from rs_dino_engine.predict import overlap_rows
from rs_dino_engine.predict import plan as plan_module
from rs_dino_engine.predict.axis import reflect
from rs_dino_engine.predict.blend import Blender
from rs_dino_engine.predict.plan import Plan, Wanted, make_grid, make_plans


def spec(**changes):
    values = dict(bands=[Band(name=n) for n in ("red", "green", "blue")], mean=[0] * 3, std=[1] * 3, gsd_m=1.0)
    return InputSpec(**{**values, "window_px": 64, "receptive_radius_px": 5, **changes})


OUTPUT = OutputSpec(kind="value", blend_on="value", channels=4)


def planned(grid, batch_size, overlap=None, touches=None, model_input=None) -> Plan:
    """The plan of one output of four channels, a cell a pixel."""
    return make_plans([Wanted(grid, 1, 4, touches)], model_input or spec(), batch_size, overlap=overlap)[0]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    layers = torch.nn.Conv2d(3, 8, 5, padding=2), torch.nn.ReLU(), torch.nn.Conv2d(8, 4, 7, padding=3)
    return torch.nn.Sequential(*layers).eval()


def blended(plan, network, image, skip=(), folder=None):
    """Run every window of a plan over a (1, 3, h, w) image on the model's grid; with a ``folder``, stop and go on after
    each row of windows."""
    got = torch.full((4, plan.rows.n_out, plan.cols.n_out), float("nan"))
    height, width = image.shape[2:]
    for block in plan.blocks:
        blender = Blender(plan, block, 4, "cpu", folder and folder / "rows")
        for row, top in enumerate(plan.rows.offsets):
            for col in range(block.first, block.last + 1):
                rows = reflect(np.arange(top, top + plan.rows.window_px), height)
                left = plan.cols.offsets[col]
                cols = reflect(np.arange(left, left + plan.cols.window_px), width)
                with torch.no_grad():
                    output = None if (row, col) in skip else network(image[:, :, rows][:, :, :, cols])[0]
                done = blender.add(row, col, output)
                if done.values is not None and done.values.numel():
                    target = got[:, done.row0 : done.row1, done.col0 : done.col1]
                    assert torch.isnan(target).all(), "no pixel is finished twice"
                    target.copy_(done.values)
            if folder is not None and blender.save(folder / "kept"):
                blender.close()
                blender = Blender(plan, block, 4, "cpu", folder / "rows")
                blender.load(folder / "kept")
        blender.close()
    return got


@pytest.mark.parametrize("gsd", [1.0, 0.4, 2.1])
def test_a_spread_is_that_of_windows_and_copies_not_of_neighbours(gsd):
    """Two windows that say 0 and 1 where the texture is steep, and copies that differ by 0.3 in the mean square."""
    grid = make_grid(round(96 / gsd), round(64 / gsd), (gsd, gsd), spec(), OUTPUT, "input", 1.0)
    plan = make_plans([Wanted(grid, 1, 2, None)], spec(), 1, overlap=32)[0]
    blender = Blender(plan, plan.blocks[0], 2, "cpu", moment=lambda values: values[:1] ** 2)
    rng = torch.Generator().manual_seed(0)
    texture = 5 * torch.rand(plan.rows.n_cells + 64, plan.cols.n_cells + 64, generator=rng)
    rows = []
    for row, top in enumerate(plan.rows.offsets):
        for col, left in enumerate(plan.cols.offsets):
            values = texture[top : top + 64, left : left + 64][None] + float(row % 2)
            done = blender.add(row, col, torch.cat([values, values**2 + 0.3]))
            if done.values is not None and done.values.numel():
                rows.append(done.values)
    blender.close()
    spread = torch.cat([(one[1] - one[0] ** 2).flatten() for one in rows])
    assert spread.min() >= 0.3 - 2e-3
    assert spread.max() <= 0.3 + 0.25 + 0.1
    assert spread.max() >= 0.3 + 0.2  # half way between the two


def whole(plan, network, image):
    with torch.no_grad():
        output = network(image)[0]
    rows = torch.from_numpy(plan.rows.to_output.matrix(0, plan.rows.n_out, 0, plan.rows.n_cells))
    cols = torch.from_numpy(plan.cols.to_output.matrix(0, plan.cols.n_out, 0, plan.cols.n_cells))
    return rows @ output @ cols.t()


@pytest.mark.parametrize("size", [(5, 300), (200, 131), (64, 64), (65, 63), (299, 40)])
@pytest.mark.parametrize("gsd", [1.0, 0.5, 2.1])
@pytest.mark.parametrize("output_grid", ["input", "model"])
@pytest.mark.parametrize("budget_mb", [256.0, 0.02])
def test_equals_the_whole_image_pass(network, monkeypatch, size, gsd, output_grid, budget_mb):
    """Borders, corners, resampled grids and column blocks included; the tolerance is the issue's."""
    monkeypatch.setattr(plan_module, "CARRY_BUDGET_MB", budget_mb)
    grid = make_grid(*size, (gsd, gsd), spec(), OUTPUT, output_grid)
    plan = planned(grid, 2, overlap="0.4")
    image = torch.randn(1, 3, *grid.model, generator=torch.Generator().manual_seed(3))
    difference = (blended(plan, network, image) - whole(plan, network, image)).abs().max().item()
    assert difference <= 1e-5


@pytest.mark.parametrize("in_memory_bytes", [0, 2**30])
@pytest.mark.parametrize("budget_mb", [256.0, 0.02])
def test_a_run_that_stops_after_every_row_gives_the_same(network, monkeypatch, tmp_path, in_memory_bytes, budget_mb):
    """Bit for bit, whether the overlap rows lie in memory or in a file."""
    monkeypatch.setattr(plan_module, "CARRY_BUDGET_MB", budget_mb)
    grid = make_grid(200, 131, (2.1, 2.1), spec(), OUTPUT, "input")
    plan = planned(grid, 2, overlap="0.4")
    image = torch.randn(1, 3, *grid.model, generator=torch.Generator().manual_seed(3))
    expected = blended(plan, network, image, skip={(0, 0), (1, 1)})
    monkeypatch.setattr(overlap_rows, "IN_MEMORY_BYTES", in_memory_bytes)
    got = blended(plan, network, image, skip={(0, 0), (1, 1)}, folder=tmp_path)
    assert torch.equal(got.nan_to_num(-1.0), expected.nan_to_num(-1.0))
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize("input_scale", [2.0, 0.5, 1.3])
@pytest.mark.parametrize("gsd", [1.0, 2.1])
def test_an_input_scale_changes_the_models_grid_only(network, input_scale, gsd):
    grid = make_grid(90, 131, (gsd, gsd), spec(), OUTPUT, "input", input_scale)
    ratio = gsd * input_scale
    assert grid.model == (round(90 * ratio), round(131 * ratio)) and grid.output == grid.raster == (90, 131)
    plan = planned(grid, 2, overlap="0.4")
    image = torch.randn(1, 3, *grid.model, generator=torch.Generator().manual_seed(3))
    assert (blended(plan, network, image) - whole(plan, network, image)).abs().max().item() <= 1e-5
    unknown = make_grid(90, 131, None, spec(), OUTPUT, "input", input_scale)
    assert unknown.model == (round(90 * input_scale), round(131 * input_scale))


def test_blocks_are_cut_when_the_budget_is_small(monkeypatch):
    monkeypatch.setattr(plan_module, "CARRY_BUDGET_MB", 0.01)
    plan = planned(make_grid(100, 2000, None, spec(), OUTPUT, "input"), 1)
    assert len(plan.blocks) > 3
    assert [b.col for b in plan.blocks[1:]] == [b.end for b in plan.blocks[:-1]]


def test_pixels_outside_skipped_windows_do_not_change(network):
    grid = make_grid(300, 300, None, spec(), OUTPUT, "input")
    plan = planned(grid, 1, overlap="16")
    image = torch.randn(1, 3, 300, 300)
    skip = {(1, 1), (2, 1), (0, 3), (5, 5)}
    got = blended(plan, network, image, skip)
    expected = whole(plan, network, image)
    touched = torch.zeros(300, 300, dtype=torch.bool)
    for row, col in skip:
        top, left = plan.rows.offsets[row], plan.cols.offsets[col]
        touched[top : top + 64, left : left + 64] = True
    assert (got - expected).abs()[:, ~touched].max() <= 1e-5


def test_a_plan_survives_json():
    grid = make_grid(500, 700, (0.5, 0.25), spec(), OUTPUT, "input")
    plan = planned(grid, 3, touches=lambda r0, r1, c0, c1: r0 < 200 and c1 > 300)
    again = Plan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert again == plan
    assert again.digest() == plan.digest()


def test_windows_outside_the_area_of_interest_are_not_planned():
    grid = make_grid(1000, 1000, None, spec(), OUTPUT, "input")

    def touches(row0, row1, col0, col1):
        return row1 > 500 and row0 < 540 and col1 > 100 and col0 < 130

    plan = planned(grid, 4, touches=touches)
    windows = [w for group in range(len(plan.groups)) for w in plan.windows(group)]
    assert 1 <= len(windows) <= 6
    for row, col in windows:
        rows, cols = plan.rows.span(row), plan.cols.span(col)
        assert touches(rows.first, rows.end, cols.first, cols.end)


def test_batches_never_reach_over_a_commit_point():
    plan = planned(make_grid(900, 500, None, spec(), OUTPUT, "input"), 4)
    for group in range(len(plan.groups)):
        batches = list(plan.batches(group))
        assert [w for b in batches for w in b] == list(plan.windows(group))
        assert all(len(b) == 4 for b in batches[:-1])


@pytest.mark.parametrize(
    ("overlap", "code"), [("8", "overlap-too-small"), ("0.05", "overlap-too-small"), ("40", "overlap-too-large")]
)
def test_overlaps_that_cannot_work_are_refused(overlap, code):
    with pytest.raises(UserError) as raised:
        planned(make_grid(900, 500, None, spec(), OUTPUT, "input"), 4, overlap=overlap)
    assert raised.value.message.code == code


def test_small_rasters_take_small_windows_unless_the_network_cannot():
    plan = planned(make_grid(20, 30, None, spec(), OUTPUT, "input"), 4)
    assert (plan.rows.window_px, plan.cols.window_px) == (20, 30)
    fixed = spec(window_fixed=True)
    plan = planned(make_grid(20, 30, None, fixed, OUTPUT, "input"), 4, model_input=fixed)
    assert (plan.rows.window_px, plan.cols.window_px) == (64, 64)
    assert plan.window_count == 1
