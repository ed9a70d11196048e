"""Scores as lines, from cards as they are."""

from rs_dino_engine.cli_scores import score_lines
from rs_dino_engine.models.library import find_model


def test_flat_scores_stand_on_one_line():
    assert score_lines({"cosine": 0.4112, "chips": 1078, "split": "x"}) == ["cosine 0.411, chips 1,078, split x"]


def test_what_is_inside_of_something_stands_below_it():
    scores = {"oa": 0.5, "iou": {"水": 1.0, "land": 0.25}, "bins": [{"from_m": 0.0, "mae": 2.0}, {"from_m": 2.0}]}
    assert score_lines({"a": scores}) == [
        "a:", "  oa 0.5", "  iou: 水 1, land 0.25", "  bins:", "    from_m 0, mae 2", "    from_m 2",
    ]  # fmt: skip


def test_no_line_of_an_embedded_card_fills_more_than_two_lines():
    for name in ("starter-landcover", "starter-canopy", "starter-features"):
        lines = score_lines(find_model(name).spec.scores)
        assert lines and max(map(len, lines)) <= 150
