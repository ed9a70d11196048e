"""Recipes: from dicts, JSON and files, with sentences for what is wrong."""

import json

import pytest
from rs_dino_engine.errors import UserError
from rs_dino_engine.training.recipe import Recipe, read_recipe


def test_ways_to_give_one(tmp_path):
    path = tmp_path / "配方 1.json"
    path.write_text(json.dumps({"epochs": 7}), encoding="utf-8")
    assert read_recipe(None) == Recipe()
    assert read_recipe({"epochs": 7}) == read_recipe('{"epochs": 7}') == read_recipe(str(path))


@pytest.mark.parametrize(
    ("given", "code", "names"),
    [
        ({"epoch": 7}, "recipe-unknown", "epoch"),
        ({"epochs": 0}, "recipe-broken", "epochs"),
        ({"augmentation": {"zoom": [2, 1]}}, "recipe-broken", "zoom"),
        ('{"epochs": ', "recipe-broken", "Expecting"),
        ("nowhere.json", "recipe-broken", "nowhere.json"),
        ([1], "recipe-broken", "object"),
    ],
)
def test_what_is_wrong_is_named(given, code, names):
    with pytest.raises(UserError) as error:
        read_recipe(given)
    assert error.value.message.code == code
    assert names in str(error.value)


def test_changes_are_named():
    assert Recipe(epochs=3, seed=1).changed_from(Recipe(epochs=4, seed=1)) == ["epochs"]
