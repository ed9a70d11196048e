"""Data set files: all that ship are sound; broken ones are sentences."""

from pathlib import Path

import pytest
from rs_dino_engine.datasets.scenes import VALIDATION, find_scenes
from rs_dino_engine.datasets.spec import known, load_spec
from rs_dino_engine.errors import UserError

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")


@pytest.mark.parametrize("name", known())
def test_shipped_specs_are_sound(name):
    spec = load_spec(name)
    assert spec.name == name
    assert spec.licence


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = ", "Invalid value"),
        ('name = "x"\n', "title"),
        (
            'name="x"\ntitle="x"\nlicence="x"\nimages="x"\nlabels={kind="colors",path="x"}\nclasses=[{name="a"}]',
            "no color",
        ),
        (
            'name="x"\ntitle="x"\nlicence="x"\nimages="x"\nlabels={kind="polygons",path="x",background="z"}\nclasses=[{name="a"}]',
            "background class z",
        ),
    ],
)
def test_broken_specs_are_sentences(tmp_path, text, reason):
    path = tmp_path / "数据 1.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_spec(str(path))
    assert error.value.message.code == "dataset-broken"
    assert reason in str(error.value)


def test_unknown_data_set_lists_the_known():
    with pytest.raises(UserError) as error:
        load_spec("nowhere")
    assert "mbrsc" in str(error.value)


@needs_data
@pytest.mark.parametrize(
    ("name", "folder", "count", "held"),
    [
        ("mbrsc", "landcover_mbrsc", 54, {"tile_6"}),
        ("neon-canopy", "canopy", 17, {"TEAK_043", "TEAK_044", "TEAK_046", "TEAK_047", "OSBS_003", "OSBS_006"}),
    ],
)
def test_splits_of_real_data_hold(name, folder, count, held):
    scenes = find_scenes(load_spec(name), DATA / folder)
    assert len(scenes) == count
    assert {s.group for s in scenes if s.split == VALIDATION} == held


@needs_data
def test_sites_of_idtrees_do_not_mix():
    scenes = find_scenes(load_spec("idtrees-canopy"), DATA / "canopy" / "idtrees")
    assert {(s.group[:4], s.split) for s in scenes} == {("MLBS", "validation"), ("OSBS", "train")}
