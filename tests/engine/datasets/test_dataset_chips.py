"""Chips: pixels and labels of the same ground, splits by place, nothing leaks."""

import numpy as np
import pytest
from label_files import ramp, write
from rs_dino_engine.datasets.chip_store import ChipWriter, hold_out_chips
from rs_dino_engine.datasets.chips import ChipSettings, Stretch, cut_scene, offsets, raster_stretch
from rs_dino_engine.datasets.label_table import IGNORED, LabelTable
from rs_dino_engine.datasets.scenes import TRAIN, VALIDATION, Scene, find_scenes, split
from rs_dino_engine.datasets.spec import DataSetSpec, LabelSource, SourceClass
from rs_dino_engine.errors import UserError

BYTES = Stretch((0.0,) * 3, (255.0,) * 3)


def _spec(**more) -> DataSetSpec:
    settings = {
        "name": "t",
        "title": "t",
        "licence": "t",
        "images": r"images/(\w+)\.(?:png|tif)",
        "labels": LabelSource(kind="values", path=r"labels/\1.png"),
        "classes": [SourceClass(name="a", values=[0]), SourceClass(name="b", values=[1])],
    }
    return DataSetSpec(**{**settings, **more})


def _pair(root, name, height, width, gsd=None, **more):
    image = ramp(height, width)
    suffix = "tif" if gsd else "png"
    write(root / "images" / f"{name}.{suffix}", image, gsd=gsd, **more)
    write(root / "labels" / f"{name}.png", (image[0] > 127).astype(np.uint8))
    return image


def _cut(root, settings, spec=None, writer_folder="chips"):
    spec = spec or _spec()
    writer = ChipWriter(root / writer_folder, LabelTable(["a", "b"]))
    for scene in find_scenes(spec, root):
        cut_scene(writer, scene, spec, settings, BYTES)
    return writer


def test_chips_are_the_very_pixels(tmp_path):
    image = _pair(tmp_path, "one", 50, 70)
    store = _cut(tmp_path, ChipSettings(32, None)).finish()
    assert store.images.shape == (6, 3, 32, 32)
    places = [(r, c) for r in (0, 18) for c in (0, 32, 38)]
    for chip, (row, col) in enumerate(places):
        assert (store.images[chip] == image[:, row : row + 32, col : col + 32]).all()
        assert (store.labels[chip] == (image[0] > 127)[row : row + 32, col : col + 32]).all()
    assert store.counts.sum() == 6 * 32 * 32


def test_resampled_chips_keep_labels_on_their_ground(tmp_path):
    """The left half is bright and b, at 0.5 m; chips are cut at 0.2 m and at 1 m."""
    pixels = np.zeros((3, 40, 80), np.uint8)
    pixels[:, :, :40] = 200
    write(tmp_path / "images" / "one.tif", pixels, gsd=0.5)
    write(tmp_path / "labels" / "one.png", (pixels[0] > 100).astype(np.uint8))
    for gsd in (0.2, 1.0):
        store = _cut(tmp_path, ChipSettings(20, gsd), writer_folder=f"chips-{gsd}").finish()
        assert len(store) == round(20 / gsd / 20) * round(40 / gsd / 20)
        agree = ((store.images[:, 0] > 100) == (store.labels[:] == 1)).mean()
        assert agree > 0.97
        assert 0.4 < (store.labels[:] == 1).mean() < 0.6


def test_small_images_are_mirrored_and_void_is_ignored(tmp_path):
    pixels = ramp(20, 20)
    write(tmp_path / "images" / "one.tif", np.concatenate([pixels, np.full((1, 20, 20), 255, np.uint8)]), gsd=1.0)
    write(tmp_path / "labels" / "one.png", (pixels[0] > 127).astype(np.uint8))
    store = _cut(tmp_path, ChipSettings(32, None)).finish()
    assert len(store) == 1
    assert (store.images[0][:, 20:, :20] == store.images[0][:, 8:20, :20][:, ::-1]).all()
    assert (store.labels[0] != IGNORED).all()


def test_unlabelled_chips_are_left_out(tmp_path):
    write(tmp_path / "images" / "one.png", ramp(32, 64))
    labels = np.full((32, 64), 9, np.uint8)
    labels[:, :32] = 1
    write(tmp_path / "labels" / "one.png", labels)
    writer = _cut(tmp_path, ChipSettings(32, None))
    assert writer.notes[0]["unnamed"] == {"9": 32 * 32}
    assert len(writer.finish()) == 1


def test_nothing_labelled_is_a_sentence(tmp_path):
    write(tmp_path / "images" / "one.png", ramp(32, 32))
    write(tmp_path / "labels" / "one.png", np.full((32, 32), 9, np.uint8))
    with pytest.raises(UserError) as error:
        _cut(tmp_path, ChipSettings(32, None)).finish()
    assert error.value.message.code == "dataset-all-ignored"


def test_too_few_bands_is_a_sentence(tmp_path):
    write(tmp_path / "images" / "one.png", ramp(32, 32, bands=1))
    write(tmp_path / "labels" / "one.png", np.zeros((32, 32), np.uint8))
    with pytest.raises(UserError) as error:
        _cut(tmp_path, ChipSettings(32, None))
    assert "1 bands" in str(error.value)


def test_missing_labels_and_no_images_are_sentences(tmp_path):
    with pytest.raises(UserError) as error:
        find_scenes(_spec(), tmp_path)
    assert error.value.message.code == "dataset-no-images"
    write(tmp_path / "images" / "one.png", ramp(8, 8))
    with pytest.raises(UserError) as error:
        find_scenes(_spec(), tmp_path)
    assert error.value.message.code == "dataset-no-labels"


def test_neighbours_stay_on_one_side(tmp_path):
    """Plots of 10 m in a row: 0, 40 and 80 m belong together by 60 m, 500 and 600 m stand alone."""
    for name, x in (("p0", 0), ("p1", 40), ("p2", 80), ("p3", 500), ("p4", 600)):
        _pair(tmp_path, name, 20, 20, gsd=0.5, origin=(500000.0 + x, 5000000.0))
    spec = _spec(group=r"\1", validation=["p1"])
    sides = {s.group: s.split for s in find_scenes(spec, tmp_path)}
    assert sides == {"p0": VALIDATION, "p1": VALIDATION, "p2": VALIDATION, "p3": TRAIN, "p4": TRAIN}
    loose = find_scenes(_spec(group=r"\1", validation=["p1"], separation_m=10), tmp_path)
    assert [s.split for s in loose] == [TRAIN, VALIDATION, TRAIN, TRAIN, TRAIN]


def test_seeded_share_of_groups(tmp_path):
    scenes = [Scene("t", f"{g}.png", "", g, TRAIN) for g in "aabbccddee"]
    spec = _spec(separation_m=0)
    found = split(scenes, spec, 0.4, seed=3)
    assert found == split(scenes, spec, 0.4, seed=3)
    held = {s.group for s in found if s.split == VALIDATION}
    assert len(held) == 2
    assert not held & {s.group for s in found if s.split == TRAIN}
    assert any(found != split(scenes, spec, 0.4, seed=s) for s in range(4, 9))


def test_chips_of_one_image_are_held_out_with_every_class_on_both_sides(tmp_path):
    writer = ChipWriter(tmp_path / "chips", LabelTable(["a", "b"]))
    for i in range(10):
        writer.add(ramp(8, 8), np.full((8, 8), int(i >= 7), np.uint8), Scene("t", "one", "", "one", TRAIN))
    hold_out_chips(writer, 0.2, seed=0, crop_px=256)
    store = writer.finish()
    for side in (TRAIN, VALIDATION):
        assert (store.counts[store.where(side)].sum(0) > 0).all()
    assert len(store.where(VALIDATION)) in (2, 3)


def test_wide_values_are_stretched_over_all_images_together(tmp_path):
    rng = np.random.default_rng(0)
    for name, top in (("dark", 1000), ("bright", 3000)):
        write(tmp_path / f"{name}.tif", rng.integers(0, top, (3, 64, 64)).astype(np.uint16), gsd=1.0)
    stretch = raster_stretch([str(tmp_path / "dark.tif"), str(tmp_path / "bright.tif")], [1, 2, 3])
    assert all(low < 100 for low in stretch.low)
    assert all(2500 < high < 3000 for high in stretch.high)
    write(tmp_path / "byte.tif", ramp(8, 8), gsd=1.0)
    assert raster_stretch([str(tmp_path / "byte.tif")], None) == BYTES


def test_fractions_stay_as_they_are_where_heights_are_taught(tmp_path):
    rng = np.random.default_rng(0)
    for name, top in (("dark", 0.3), ("bright", 0.8), ("beyond", 1.2)):
        write(tmp_path / f"{name}.tif", rng.uniform(0, top, (3, 64, 64)).astype(np.float32), gsd=1.0)
    dark, bright, beyond = (str(tmp_path / f"{name}.tif") for name in ("dark", "bright", "beyond"))
    assert raster_stretch([dark, bright], None, metric=True) == Stretch((0.0,) * 3, (1.0,) * 3)
    assert all(high < 0.8 for high in raster_stretch([dark, bright], None).high)
    assert all(high > 1 for high in raster_stretch([beyond], None, metric=True).high)


def test_offsets_cover_everything_once():
    assert offsets(100, 32, 0) == [0, 32, 64, 68]
    assert offsets(96, 32, 0) == [0, 32, 64]
    assert offsets(20, 32, 0) == [0]
    assert offsets(64, 32, 16) == [0, 16, 32]
