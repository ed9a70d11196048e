"""What the end of a job says: hints fit what was made."""

from pathlib import Path

from rs_dino_engine.cli_report import summary


def test_layers_are_dragged_models_are_used():
    layers = summary({"labels": {"href": "/out/a_labels.tif"}})
    assert "drag the files" in layers and "--model" not in layers
    model = summary({"model": {"href": "/out/my model/model.json"}, "history": {"href": "/out/my model/history.json"}})
    assert f"--model {Path('/out/my model')}" in model and "drag" not in model


def test_heights_and_trees_are_told():
    heights = {"mean": 2.64, "maximum": 26.5}
    one = {"name": "wood", "canopy_height": heights, "trees": {"count": 28, "mean_height_m": 12.3, "tallest_m": 26.5}}
    none = {"name": "field", "canopy_height": heights, "trees": {"count": 0, "mean_height_m": None, "tallest_m": None}}
    plain = {"name": "plain", "canopy_height": heights}
    results = {"canopy_height": {"href": "/out/a.tif"}, "summary": {"value": {"rasters": [one, none, plain]}}}
    said = summary(results).splitlines()
    assert "wood: mean height 2.6 m, highest 26.5 m; 28 trees, mean 12.3 m, tallest 26.5 m" in said
    assert "field: mean height 2.6 m, highest 26.5 m; no trees" in said
    assert "plain: mean height 2.6 m, highest 26.5 m" in said
