"""The streaming loop over real rasters: equal to the whole-image pass, whatever the raster is like."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import torch
from predict_cases import noise, small_model, write_raster
from rasterio.transform import Affine
from rs_dino_engine.devices import choose
from rs_dino_engine.errors import Cancelled, EngineError, UserError
from rs_dino_engine.predict import track
from rs_dino_engine.predict.commit import Checkpoint
from rs_dino_engine.predict.finish import layer_info, regions, write_layer
from rs_dino_engine.predict.prepare import make_forward, prepare
from rs_dino_engine.predict.products import ClassProducts
from rs_dino_engine.predict.reader import WindowReader
from rs_dino_engine.predict.stream import Stream, Track


def predict(inputs, model, folder, cancel=lambda: None, batch_limit=None):
    """Run a request through the loop and write its layers; returns {layer: (array, dataset profile)}."""
    device = choose("cpu")
    products = ClassProducts(model.spec.output, inputs.layers)
    prepared = prepare(inputs.rasters, inputs, model, device, products.disagreement)
    with prepared.source:
        forward = make_forward(prepared, model, device, inputs.tta, products.disagreement, lambda said: None)
        checkpoint = Checkpoint(folder / "checkpoint")
        reader = WindowReader(prepared.source, prepared.plan, prepared.aoi)
        stream = Stream([Track(prepared.plan, products)], reader, forward, checkpoint, "cpu")
        manifest = stream.run(False, lambda done, of: None, cancel)
        found = {}
        region = regions(prepared, "r", False)[0]
        for layer in products.layers:
            info = layer_info(layer, model.spec.output, {"made": "here"})
            path = write_layer(
                layer, info, prepared, manifest.made[0], checkpoint.folder, region, folder / f"{layer.name}.tif",
                lambda share: None, lambda: None,
            )  # fmt: skip
            with rasterio.open(path) as data:
                found[layer.name] = data.read()
                assert data.crs == prepared.source.crs
                assert data.transform.almost_equals(region.transform)
        return found, manifest


def whole_image(pixels, model, valid=None):
    """Probabilities (4, h, w) of one pass over everything at once."""
    spec = model.spec.input
    x = torch.from_numpy(pixels.astype(np.float32))[None] / 255
    x = (x - torch.tensor(spec.mean).view(1, 3, 1, 1)) / torch.tensor(spec.std).view(1, 3, 1, 1)
    if valid is not None:
        x[:, :, ~torch.from_numpy(valid)] = 0.0
    with torch.no_grad():
        return torch.softmax(model(x), dim=1)[0].numpy()


def test_a_wide_row_is_written_in_pieces(tmp_path, request_for, monkeypatch):
    """… which give the same files; a few pieces, however wide."""
    model = small_model()
    raster = write_raster(tmp_path / "r.tif", noise(100, 900))
    inputs = request_for(raster, layers=["probabilities"])
    whole, made = predict(inputs, model, tmp_path / "whole")
    monkeypatch.setattr(track, "PIECE_BYTES", 2000)
    pieces, cut = predict(inputs, model, tmp_path / "pieces")
    rows = {part.row for part in made.made[0].parts["labels"]}
    for layer in ("labels", "probabilities"):
        assert (whole[layer] == pieces[layer]).all()
        assert len(made.made[0].parts[layer]) == len(rows)
        assert len(rows) * 3 < len(cut.made[0].parts[layer]) <= len(rows) * track.MOST_PIECES


def same_labels(got, probabilities):
    """Labels equal up to ties: where they differ the two best classes are as good as equal."""
    expected = probabilities.argmax(axis=0)
    best = np.sort(probabilities, axis=0)
    ties = best[-1] - best[-2] < 1e-5
    return bool(((got == expected) | ties).all())


@pytest.mark.parametrize("size", [(200, 300), (64, 64), (10, 200), (200, 10), (1, 1), (129, 65)])
@pytest.mark.parametrize("batch", [1, 3])
def test_labels_and_probabilities_equal_the_whole_image_pass(tmp_path, request_for, size, batch):
    pixels = noise(*size)
    model = small_model()
    raster = write_raster(tmp_path / "r.tif", pixels)
    inputs = request_for(raster, layers=["confidence", "probabilities"], batch_size=batch)
    found, manifest = predict(inputs, model, tmp_path)
    expected = whole_image(pixels, model)
    assert np.abs(found["probabilities"] - expected).max() <= 1e-5
    assert same_labels(found["labels"][0], expected)
    assert np.abs(found["confidence"][0] - 100 * expected.max(axis=0)).max() <= 0.51
    assert sum(manifest.made[0].tally.pixels.values()) == pixels[0].size


def test_void_edges_are_exact_and_stay_void(tmp_path, request_for):
    """A void diagonal through many windows, and void islands: no bias beside them, nodata inside (PEERS 2.1)."""
    pixels = noise(300, 300)
    rows, cols = np.mgrid[:300, :300]
    void = (rows + cols < 260) | ((rows - 200) ** 2 + (cols - 220) ** 2 < 900)
    pixels[:, void] = 0
    model = small_model()
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    found, manifest = predict(request_for(raster, layers=["probabilities"]), model, tmp_path)
    expected = whole_image(pixels, model, ~void)
    assert (found["labels"][0] == 255).sum() == void.sum()
    assert (found["labels"][0][void] == 255).all()
    assert np.abs(found["probabilities"] - expected)[:, ~void].max() <= 1e-5
    assert manifest.skipped > 0, "windows without any valid pixel are not run"


def test_the_confidence_of_a_constant_raster_has_no_frame(tmp_path, request_for):
    """No 1-px frame of nodata, no darker border: a network without padding effects gives one value everywhere."""
    model = small_model()
    for layer in model.network:
        if isinstance(layer, torch.nn.Conv2d):
            layer.padding_mode = "replicate"
            layer._reversed_padding_repeated_twice = [layer.padding[0]] * 4
    raster = write_raster(tmp_path / "r.tif", np.full((3, 200, 170), 90, np.uint8))
    found, _ = predict(request_for(raster, layers=["probabilities"]), model, tmp_path)
    assert np.ptp(found["probabilities"], axis=(1, 2)).max() <= 1e-5


def test_area_of_interest_saves_windows_and_leaves_the_rest_void(tmp_path, request_for):
    pixels = noise(400, 400)
    raster = write_raster(tmp_path / "r.tif", pixels)
    left, top = 500000 + 100.25 * 0.5, 5400000 - 120.25 * 0.5
    ring = [[left, top], [left + 30, top], [left + 30, top - 20], [left, top - 20], [left, top]]
    aoi = tmp_path / "aoi.geojson"
    aoi.write_text(
        '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32633"}},"features":'
        f'[{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    )
    model = small_model()
    found, manifest = predict(request_for(raster, aoi=str(aoi), layers=["probabilities"]), model, tmp_path)
    inside = found["labels"][0] != 255
    assert inside.sum() == 60 * 40 and inside.shape == (41, 61), "the files cover the area, outwards to whole pixels"
    assert manifest.windows <= 9, "81 windows would cover the raster"
    expected = whole_image(pixels, model)[:, 120:161, 100:161]
    assert np.abs(found["probabilities"] - expected)[:, inside].max() <= 1e-5


@pytest.mark.parametrize(
    "transform",
    [
        Affine(0.5, 0, 500000, 0, 0.5, 5400000),  # south-up
        Affine(0.35, 0.35, 500000, 0.35, -0.35, 5400000),  # rotated
        Affine(0.5, 0, 500000, 0, -0.5, 5400000),
    ],
)
def test_orientation_is_kept(tmp_path, request_for, transform):
    pixels = noise(100, 120)
    model = small_model()
    raster = write_raster(tmp_path / "r.tif", pixels, transform=transform)
    found, _ = predict(request_for(raster), model, tmp_path)
    assert same_labels(found["labels"][0], whole_image(pixels, model))


@pytest.mark.parametrize("gsd", [0.25, 1.3])
def test_resampled_rasters_give_the_same_map_whatever_the_windows(tmp_path, request_for, gsd):
    """The model's grid is resampled by us: small windows and one big window agree."""
    pixels = noise(150, 170)
    raster = write_raster(tmp_path / "r.tif", pixels, transform=Affine(gsd, 0, 500000, 0, -gsd, 5400000))
    layers = ["probabilities"]
    small, _ = predict(request_for(raster, layers=layers), small_model(64), tmp_path)
    big, _ = predict(request_for(raster, layers=layers), small_model(1024), tmp_path)
    assert small["labels"].shape == (1, 150, 170)
    assert np.abs(small["probabilities"] - big["probabilities"]).max() <= 1e-5


def test_output_on_the_models_grid(tmp_path, request_for):
    raster = write_raster(tmp_path / "r.tif", noise(100, 140), transform=Affine(0.25, 0, 500000, 0, -0.25, 5400000))
    found, _ = predict(request_for(raster, output_grid="model"), small_model(), tmp_path)
    assert found["labels"].shape == (1, 50, 70)


def test_uint16_is_stretched_once_for_the_whole_raster(tmp_path, request_for):
    """Dark and bright halves share one stretch: the result equals that of the same values as float."""
    pixels = noise(128, 256).astype(np.uint16)
    pixels[:, :, :128] //= 8
    raster = write_raster(tmp_path / "r.tif", pixels * 40)
    model = small_model()
    small, _ = predict(request_for(raster, stretch="range=0,10200", layers=["probabilities"]), model, tmp_path)
    assert np.abs(small["probabilities"] - whole_image(pixels, model)).max() <= 1e-4


@pytest.mark.parametrize("tta", [["flips"], ["rotations"], ["flips", "rotations"]])
def test_augmentation_of_a_symmetric_network_changes_nothing(tmp_path, request_for, tta):
    model = small_model()
    for layer in model.network:
        if isinstance(layer, torch.nn.Conv2d):
            weight = layer.weight.data
            turned = [torch.rot90(weight, k, (2, 3)) for k in range(4)]
            layer.weight.data = sum(turned + [t.flip(3) for t in turned]) / 8
    raster = write_raster(tmp_path / "r.tif", noise(100, 150))
    plain, _ = predict(request_for(raster, layers=["probabilities"]), model, tmp_path)
    augmented, _ = predict(request_for(raster, tta=tta, layers=["probabilities", "disagreement"]), model, tmp_path)
    assert np.abs(plain["probabilities"] - augmented["probabilities"]).max() <= 1e-4
    assert augmented["disagreement"].max() <= 1


def test_scaled_copies_land_on_the_same_ground(tmp_path, request_for):
    """A model of one pixel at a time sees the same colours at every scale: a smooth picture keeps its map."""
    model = small_model()
    for layer in model.network:
        if isinstance(layer, torch.nn.Conv2d):
            middle = torch.zeros_like(layer.weight.data)
            half = layer.kernel_size[0] // 2
            middle[:, :, half, half] = layer.weight.data.sum(dim=(2, 3))
            layer.weight.data = middle
    rows, cols = np.mgrid[:160, :200]
    pixels = np.stack([rows, cols, rows + cols]).astype(np.float32)
    raster = write_raster(tmp_path / "r.tif", (pixels * 0.7).astype(np.uint8))
    plain, _ = predict(request_for(raster, layers=["probabilities"]), model, tmp_path)
    scaled, _ = predict(request_for(raster, tta=["scales"], layers=["probabilities"]), model, tmp_path)
    inner = (slice(None), slice(5, -5), slice(5, -5))
    assert np.abs(plain["probabilities"][inner] - scaled["probabilities"][inner]).mean() < 0.01


def test_disagreement_shows_where_copies_differ(tmp_path, request_for):
    raster = write_raster(tmp_path / "r.tif", noise(100, 150))
    found, _ = predict(request_for(raster, tta=["flips"], layers=["disagreement", "entropy"]), small_model(), tmp_path)
    assert 1 <= found["disagreement"].max() <= 100
    assert found["entropy"].max() <= 100


@pytest.mark.parametrize("gsd_m", [0.5, 0.2, 1.3])
@pytest.mark.parametrize("side_px", [60, 200])
def test_windows_that_agree_have_no_disagreement_on_any_grid(tmp_path, request_for, gsd_m, side_px):
    """Neither one window nor several that see the same; what is steep in the map is none."""
    model = small_model(gsd_m=gsd_m)
    last = [layer for layer in model.network if isinstance(layer, torch.nn.Conv2d)][-1]
    last.weight.data *= 40  # sure of nearly every pixel, and of its neighbour something else
    raster = write_raster(tmp_path / "r.tif", noise(side_px, side_px))
    found, _ = predict(request_for(raster, layers=["disagreement", "confidence"]), model, tmp_path)
    assert found["disagreement"].max() <= 5 and found["confidence"].mean() >= 75


def test_memory_that_runs_out_shrinks_the_batch(tmp_path, request_for):
    class Hungry(type(small_model())):
        largest = 0

        def __call__(self, windows):
            if len(windows) > 2:
                raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate")
            self.largest = max(self.largest, len(windows))
            return super().__call__(windows)

    plain = small_model()
    hungry = Hungry(plain.spec, plain.network)
    raster = write_raster(tmp_path / "r.tif", noise(200, 300))
    found, manifest = predict(request_for(raster, batch_size=8), hungry, tmp_path)
    assert hungry.largest == 2
    assert manifest.batch_limit == 2
    reference, _ = predict(request_for(raster), plain, tmp_path)
    assert (found["labels"] == reference["labels"]).all()


def test_a_model_that_gives_nan_is_an_error_not_a_map(tmp_path, request_for):
    model = small_model()
    model.network[0].weight.data[0, 0, 0, 0] = float("nan")
    with pytest.raises(EngineError) as raised:
        predict(request_for(write_raster(tmp_path / "r.tif", noise(80, 80))), model, tmp_path)
    assert raised.value.message.code == "model-not-finite"


def test_an_overflow_in_low_precision_is_redone_in_fp32(tmp_path, request_for):
    class Overflowing(type(small_model())):
        """The first pass over every window overflows."""

        seen = set()

        def __call__(self, windows):
            window = windows.numpy().tobytes()
            first = window not in self.seen
            self.seen.add(window)
            result = super().__call__(windows)
            return result * float("inf") if first else result

    plain = small_model()
    raster = write_raster(tmp_path / "r.tif", noise(80, 80))
    found, _ = predict(request_for(raster, dtype="bf16"), Overflowing(plain.spec, plain.network), tmp_path)
    assert same_labels(found["labels"][0], whole_image(noise(80, 80), plain))


def test_cancel_ends_the_run(tmp_path, request_for):
    asked = []

    def cancel():
        asked.append(1)
        if len(asked) > 5:
            raise Cancelled

    raster = write_raster(tmp_path / "r.tif", noise(300, 300))
    with pytest.raises(Cancelled):
        predict(request_for(raster), small_model(), tmp_path, cancel)


def test_a_truncated_raster_fails_with_a_sentence(tmp_path, request_for):
    raster = write_raster(tmp_path / "r.tif", noise(600, 600))
    raster.write_bytes(raster.read_bytes()[: raster.stat().st_size // 2])
    with pytest.raises(UserError) as raised:
        predict(request_for(raster), small_model(), tmp_path)
    assert raised.value.message.code == "raster-unreadable"
