"""The finetune task end to end: real rasters in, a model folder out that the engine loads and runs."""

import json
import shutil

import numpy as np
import pytest
import rasterio
import torch
from field_data import COLORS, QuietJob, fields, write_raster
from rs_dino_engine.errors import Cancelled, UserError
from rs_dino_engine.models.colors import class_color
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap
from rs_dino_engine.raster.gdal_env import gdal
from rs_dino_engine.tasks import declaration
from rs_dino_engine.tasks.finetune import Inputs
from rs_dino_engine.training.export import Provenance, class_output, height_output, model_spec
from rs_dino_engine.training.finetune import finetune
from rs_dino_engine.training.trainer import Normalisation

NAMES = ["草", "路", "水"]
FAST = {"epochs": 8, "batch_size": 4, "chip_size": 64, "learning_rate": 0.01, "device": "cpu"}


def _fresh_model(folder, classes, output) -> str:
    """A small model to start from, with fresh weights."""
    torch.manual_seed(1)
    network = {"kind": "conv-small", "bands": 3, "classes": classes, "width": 12, "dilations": [1, 2]}
    said = Provenance("Start", "", "MIT", "somebody", ["something"], {}, "")
    bands = [Band(name="red"), Band(name="green"), Band(name="blue")]
    normalisation = Normalisation([0.4] * 3, [0.2] * 3)
    spec = model_spec("start", network, bands, normalisation, 0.5, output, 1, 3, said, 64)
    write_torch_folder(folder, spec, build(network).state_dict())
    return str(folder)


@pytest.fixture
def start(tmp_path):
    """A model of two classes of its own."""
    classes = [ClassInfo(id=i, name=name, color=class_color(i)) for i, name in enumerate("ab")]
    return _fresh_model(tmp_path / "起点 1", 2, class_output(ClassMap(classes=classes)))


@pytest.fixture
def data(tmp_path):
    """Five images with label rasters of the same names, far apart, in a folder with a space and Chinese characters."""
    root = tmp_path / "我的 数据"
    for name in ("images", "labels"):
        (root / name).mkdir(parents=True)
    for i in range(5):
        image, ids = fields(128, i)
        write_raster(root / "images" / f"田 {i}.tif", image, origin=(500000 + 1000 * i, 5000000))
        write_raster(root / "labels" / f"田 {i}_mask.tif", ids[None] + 1, origin=(500000 + 1000 * i, 5000000))
    return root


def _inputs(data, start, **more) -> Inputs:
    return Inputs(
        **{
            "images": [str(data / "images")],
            "labels": str(data / "labels"),
            "output": "unused",
            "model": start,
            **FAST,
            **more,
        }
    )


def _labels(folder, image):
    model = load_model(find_model(str(folder)))
    x = (torch.from_numpy(image[None]).float() / 255 - 0.4) / 0.2
    return model.spec, model(x).argmax(1)[0].numpy()


def test_from_rasters_to_a_model_that_runs(data, start, tmp_path):
    job = QuietJob(tmp_path / "job")
    results = finetune(_inputs(data, start, classes={"grass": 1, "road": 2, "water": 3}), job)
    image, ids = fields(128, 99)
    spec, found = _labels(job.outputs, image)
    assert (found == ids).mean() > 0.85
    assert [c.name for c in spec.output.class_map.classes] == ["grass", "road", "water"]
    assert spec.input.gsd_m == pytest.approx(0.5, rel=1e-3)
    looks = spec.input.seen.looks
    assert looks.farthest > 1 and looks.gain > 0 and len(looks.mean) == len(looks.covariance) == 11
    assert spec.input.receptive_radius_px == 3
    assert spec.scores["miou"] > 0.7
    assert set(spec.scores["classes"]) == {"grass", "road", "water"}
    assert "something" in spec.data
    history = json.loads((job.outputs / "history.json").read_text(encoding="utf-8"))
    assert len(history["epochs"]) == 8
    assert results["model"]["href"] == "model.json"
    assert not job.warnings
    assert any(m.code == "training-weights-partly" for m in job.said)  # the head: two classes there, three here


def test_classes_are_read_off_the_labels(data, start, tmp_path):
    with gdal(), rasterio.open(data / "labels" / "田 0_mask.tif", "r+") as first:
        first.update_tags(1, CLASS_1="grass", CLASS_3="water")
    job = QuietJob(tmp_path / "job")
    finetune(_inputs(data, start, epochs=1), job)
    classes = find_model(str(job.outputs)).spec.output.class_map.classes
    assert [(c.id, c.name) for c in classes] == [(0, "grass"), (1, "class 2"), (2, "water")]


def test_classes_that_the_start_model_knows_keep_their_look(data, tmp_path):
    """Whatever order the labels name them in; a class of one's own looks like none of them."""
    known = [
        ClassInfo(id=4, name="road", color=(150, 150, 150), names={"zh": "道路"}),
        ClassInfo(id=2, name="low vegetation", color=(204, 74, 62), names={"zh": "草"}),
        ClassInfo(id=7, name="tree", color=(38, 115, 57), names={"zh": "树"}),
    ]
    start = _fresh_model(tmp_path / "known", 3, class_output(ClassMap(classes=known)))
    job = QuietJob(tmp_path / "job")
    finetune(_inputs(data, start, classes={"solar": 3, "Low_vegetation": 1, "road": 2}, epochs=1), job)
    road, low, solar = find_model(str(job.outputs)).spec.output.class_map.classes
    assert road == known[0]
    assert low == known[1].model_copy(update={"name": "Low_vegetation"})
    assert (solar.name, solar.id, solar.names) == ("solar", 8, {})
    assert all(sum((a - b) ** 2 for a, b in zip(solar.color, one.color)) > 60**2 for one in known)
    names = [c.name for c in (road, low, solar)]
    assert set(find_model(str(job.outputs)).spec.scores["classes"]) == set(names)


def _drawn(tmp_path):
    """One image, its ids, and polygons drawn over a half of it."""
    image, ids = fields(256, 7)
    write_raster(tmp_path / "one.tif", image)
    features = []
    for row in range(0, 256, 16):
        for col in range(0, 128, 16):
            x, y = 500000 + col / 2, 5000000 - row / 2
            ring = [[x, y], [x + 8, y], [x + 8, y - 8], [x, y - 8], [x, y]]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"kind": NAMES[ids[row, col]]},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    path = tmp_path / "多边形.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    return image, ids, path


def test_images_that_overlap_are_not_held_out_from_each_other(data, start, tmp_path):
    path = _drawn(tmp_path)[2]
    shutil.copyfile(tmp_path / "one.tif", tmp_path / "two.tif")
    images = [str(tmp_path / "one.tif"), str(tmp_path / "two.tif")]
    job = QuietJob(tmp_path / "job")
    finetune(_inputs(data, start, images=images, labels=str(path), class_field="kind", epochs=1), job)
    assert [w.params for w in job.warnings if w.code == "dataset-close-images"] == [{"count": 2}]
    assert "also trained on" in find_model(str(job.outputs)).spec.scores["split"]


def test_polygons_on_one_image(data, start, tmp_path):
    """One image, drawn polygons over part of it: chips are held out, and that is said."""
    image, ids, path = _drawn(tmp_path)
    job = QuietJob(tmp_path / "job")
    inputs = _inputs(
        data, start, images=[str(tmp_path / "one.tif")], labels=str(path), class_field="kind", epochs=20, batch_size=2
    )
    finetune(inputs, job)
    assert "dataset-one-image" in [w.code for w in job.warnings]
    spec, found = _labels(job.outputs, image)
    assert sorted(c.name for c in spec.output.class_map.classes) == sorted(NAMES)
    assert "also trained on" in spec.scores["split"]
    order = [NAMES.index(c.name) for c in spec.output.class_map.classes]
    assert (np.array(order)[found] == ids).mean() > 0.8


def test_labels_on_one_image_of_several(data, start, tmp_path):
    """Whichever side of the split it falls on; chips of the usual size are larger than the image, and get smaller."""
    path = _drawn(tmp_path)[2]
    others = sorted(str(one) for one in (data / "images").iterdir())[1:]  # the first lies there, too
    for number in range(2):
        job = QuietJob(tmp_path / f"job{number}")
        more = {"labels": str(path), "class_field": "kind", "epochs": 1, "chip_size": 256, "recipe": {"seed": number}}
        finetune(_inputs(data, start, images=[*others, str(tmp_path / "one.tif")], **more), job)
        smaller = [w.params for w in job.warnings if w.code == "chips-smaller"]
        assert smaller[0] == {"wanted": 256, "chip_px": 128} and smaller[-1]["chip_px"] >= 64
        history = json.loads((job.outputs / "history.json").read_text(encoding="utf-8"))
        assert history["recipe"]["crop_px"] == smaller[-1]["chip_px"]


def test_an_image_too_small_for_two_chips_is_refused(data, start, tmp_path):
    path = _drawn(tmp_path)[2]
    with rasterio.open(tmp_path / "one.tif") as image:
        corner = image.read(window=((0, 40), (0, 40)))
        write_raster(tmp_path / "tiny.tif", corner, origin=(image.transform.c, image.transform.f))
    more = {"labels": str(path), "class_field": "kind", "chip_size": 256}
    with pytest.raises(UserError) as error:
        finetune(_inputs(data, start, images=[str(tmp_path / "tiny.tif")], **more), QuietJob(tmp_path / "job"))
    assert error.value.message.code == "dataset-too-small"
    assert error.value.message.params == {"chips": 1, "chip_px": 64}


def test_pictures_with_coloured_masks(tmp_path, start):
    """PNG without a place, masks in colours, an unlabelled colour that is ignored."""
    root = tmp_path / "pictures"
    for i in range(3):
        image, ids = fields(64, i)
        mask = COLORS.astype(np.uint8)[ids].transpose(2, 0, 1).copy()
        mask[:, :4] = 0
        for folder, pixels in (("images", image), ("masks", mask)):
            (root / folder).mkdir(parents=True, exist_ok=True)
            with gdal(), rasterio.open(
                root / folder / f"{i}.png", "w", driver="PNG", count=3, height=64, width=64, dtype="uint8"
            ) as sink:
                sink.write(pixels)
    job = QuietJob(tmp_path / "job")
    inputs = Inputs(
        images=[str(root / "images")],
        labels=str(root / "masks"),
        output="x",
        model=start,
        ignored={"colors": [[0, 0, 0]]},
        **{**FAST, "epochs": 1},
    )
    finetune(inputs, job)
    spec = find_model(str(job.outputs)).spec
    assert {c.color for c in spec.output.class_map.classes} == {tuple(int(v) for v in c) for c in COLORS}
    assert spec.input.gsd_m is None


def test_cancelled_then_resumed_with_new_settings_that_are_ignored(data, start, tmp_path):
    whole = QuietJob(tmp_path / "whole")
    finetune(_inputs(data, start, epochs=2), whole)
    broken = QuietJob(tmp_path / "broken", cancel_after=8)
    with pytest.raises(Cancelled):
        finetune(_inputs(data, start, epochs=2), broken)
    assert not list(broken.outputs.iterdir())
    again = QuietJob(tmp_path / "broken", resume=True)
    finetune(_inputs(data, start, epochs=2, learning_rate=0.5), again)
    assert [(w.code, w.params) for w in again.warnings] == [("training-settings-ignored", {"names": "learning_rate"})]
    one, other = ((job.outputs / "model.safetensors").read_bytes() for job in (whole, again))
    assert one == other


def test_one_class_is_refused(data, start, tmp_path):
    with pytest.raises(UserError) as error:
        finetune(_inputs(data, start, classes={"grass": 1}), QuietJob(tmp_path / "job"))
    assert error.value.message.code == "dataset-single-class"


def test_values_without_a_class_are_said(data, start, tmp_path):
    job = QuietJob(tmp_path / "job")
    finetune(_inputs(data, start, classes={"grass": 1, "road": 2}, epochs=1), job)
    said = [w for w in job.warnings if w.code == "dataset-values-ignored"]
    assert said
    assert said[0].params["values"] == "3"


def test_a_backbone_without_a_head_is_refused_with_what_to_do(data, tmp_path):
    with pytest.raises(UserError, match="without a head, and finetune does not put one on it yet") as raised:
        finetune(_inputs(data, "starter-features"), QuietJob(tmp_path / "job"))
    assert raised.value.message.code == "training-no-head"


def test_a_missing_label_file_is_named(data, start, tmp_path):
    (data / "labels" / "田 3_mask.tif").unlink()
    with pytest.raises(UserError) as error:
        finetune(_inputs(data, start), QuietJob(tmp_path / "job"))
    assert error.value.message.code == "dataset-no-labels"
    assert "田 3.tif" in str(error.value)


def test_declaration_is_complete():
    task = declaration("finetune")
    assert task.id == "finetune"
    assert {o.name for o in task.outputs} == {"model", "history"}


@pytest.fixture
def height_start(tmp_path):
    """A model of heights."""
    return _fresh_model(tmp_path / "heights", 1, height_output(10.0))


@pytest.fixture
def height_data(tmp_path):
    """Five images whose colours tell heights of 0, 5 and 20 m, in rasters twice as coarse."""
    root = tmp_path / "heights of five"
    for name in ("images", "labels"):
        (root / name).mkdir(parents=True)
    for i in range(5):
        image, ids = fields(128, i)
        origin = (500000 + 1000 * i, 5000000)
        write_raster(root / "images" / f"{i}.tif", image, origin=origin)
        metres = np.array([0.0, 5.0, 20.0], np.float32)[ids[::2, ::2]]
        metres[:8, :8] = -9999
        write_raster(root / "labels" / f"{i}_chm.tif", metres[None], origin=origin, gsd=1.0, nodata=-9999)
    return root


def test_heights_are_learnt_from_rasters_of_metres(height_data, height_start, tmp_path):
    job = QuietJob(tmp_path / "job")
    finetune(_inputs(height_data, height_start, epochs=24), job)
    model = load_model(find_model(str(job.outputs)))
    image, ids = fields(128, 99)
    x = (torch.from_numpy(image[None]).float() / 255 - 0.4) / 0.2
    found = model(x)[0, 0].clamp(*model.spec.output.valid_range).numpy()
    true = np.array([0.0, 5.0, 20.0])[ids]
    assert np.abs(found - true).mean() < 2.5  # 7 m for the best constant
    assert model.spec.task == "canopy-height"
    assert model.spec.output.unit == "m"
    scores = model.spec.scores
    assert scores["mae"] < 2.5 < scores["constant_mae"]
    assert {b["from_m"] for b in scores["bins"]} == {0.0, 5.0, 20.0}
    assert not job.warnings
    assert [m.code for m in job.said if "epoch" in m.code] == ["training-epoch-heights"] * 24


def test_an_interrupted_training_of_heights_goes_on_as_if_nothing_had_been(height_data, height_start, tmp_path):
    whole = QuietJob(tmp_path / "whole")
    finetune(_inputs(height_data, height_start, epochs=2), whole)
    job = QuietJob(tmp_path / "cut", cancel_after=8)
    with pytest.raises(Cancelled):
        finetune(_inputs(height_data, height_start, epochs=2), job)
    again = QuietJob(tmp_path / "cut", resume=True)
    finetune(_inputs(height_data, height_start, epochs=2), again)
    one, other = (json.loads((j.outputs / "history.json").read_text("utf-8")) for j in (whole, again))
    assert one["epochs"] == other["epochs"]


def test_polygons_are_no_heights(height_data, height_start, tmp_path):
    polygons = tmp_path / "a.geojson"
    polygons.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(UserError) as caught:
        finetune(_inputs(height_data, height_start, labels=str(polygons)), QuietJob(tmp_path / "job"))
    assert caught.value.message.code == "dataset-heights-polygons"
