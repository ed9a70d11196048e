"""One stretch for a whole raster or mosaic."""

import json

import numpy as np
import pytest
from rasterio.transform import from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.spec import Band, InputSpec
from rs_dino_engine.raster.mosaic import open_mosaic
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.raster.stretch import Stretch, make_stretch, sample_values


def spec(bands=1, **options):
    names = [Band(name=f"band-{i + 1}") for i in range(bands)]
    return InputSpec(bands=names, mean=[0.0] * bands, std=[1.0] * bands, **options)


def stretched(path, wanted="auto", values=(), physical=False, metric=False, **options):
    if physical:
        options.update(values="physical", quantity="reflectance")
    with open_raster(path) as source:
        made = make_stretch(source, spec(len(source.bands), **options), wanted, metric)
    assert Stretch.from_dict(json.loads(json.dumps(made.as_dict()))) == made
    assert made.how.text
    a, b, low, high = made.affine(np.zeros(len(made.gain)), np.ones(len(made.gain)))
    assert a.dtype == low.dtype == np.float32
    return [float(np.clip(np.float32(v), low[0], high[0]) * a[0] + b[0]) for v in values]


def test_uint8_is_untouched(make, noise):
    assert stretched(make("a.tif", noise(3, 9, 9)), values=[0, 51, 255]) == pytest.approx([0, 0.2, 1])


def test_mean_and_std(make, noise):
    with open_raster(make("a.tif", noise(1, 9, 9))) as source:
        a, b, *_ = make_stretch(source, spec(), "auto").affine(np.array([0.5]), np.array([0.25]))
    assert 255 * a[0] + b[0] == pytest.approx(2.0) and b[0] == pytest.approx(-2.0)


@pytest.mark.parametrize(
    "wanted, values, expected",
    [
        ("none", [3, 700], [3, 700]),
        ("scale=0.01", [3, 700], [0.03, 7]),
        ("range=100,300", [50, 100, 200, 900], [0, 0, 0.5, 1]),
        ("percentiles=0,100", [1, 1001, 501], [0, 1, 0.5]),
    ],
)
def test_what_the_user_asks_for(make, wanted, values, expected):
    array = np.linspace(1, 1001, 10_000).round().astype(np.uint16).reshape(1, 100, 100)
    assert stretched(make("a.tif", array), wanted, values) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "wanted", ["", "best", "range=3", "range=5,1", "percentiles=2,200", "scale=0", "scale=x", "range=nan,3", "auto=1"]
)
def test_what_is_not_understood(make, noise, wanted):
    with pytest.raises(UserError) as caught:
        stretched(make("a.tif", noise(1, 4, 4)), wanted, [])
    assert caught.value.message.code == "stretch-unknown"


def test_percentiles_hear_valid_pixels_only(make):
    array = np.full((1, 200, 200), 0, np.uint16)
    array[0, :, :100] = np.linspace(1000, 2000, 20_000).reshape(200, 100)
    path = make("a.tif", array, nodata=0)
    low, high = stretched(path, values=[1020, 1980])
    assert low == pytest.approx(0, abs=0.01) and high == pytest.approx(1, abs=0.01)


def test_the_sample_is_the_same_each_time_and_covers_everything(make):
    rows = np.arange(1500, dtype=np.uint16)
    array = np.broadcast_to(rows[:, None], (1500, 1400))[None].copy()
    path = make("a.tif", array, tiled=True, blockxsize=256, blockysize=256, compress="deflate")
    with open_raster(path) as source:
        one, two = sample_values(source), sample_values(source)
    assert one.shape[1] < array.size and (one == two).all()
    assert one.min() < 180 and one.max() > 1320
    assert np.median(one) == pytest.approx(750, rel=0.1)


def test_few_valid_pixels_are_found(make):
    array = np.zeros((1, 2000, 2000), np.uint16)
    array[0, 1234:1240, 77:90] = 500
    array[0, 1237, 80] = 900
    with open_raster(make("a.tif", array, nodata=0, tiled=True, compress="deflate")) as source:
        assert sorted(set(sample_values(source)[0])) == [500, 900]


def test_nothing_valid(make):
    with pytest.raises(UserError) as caught:
        stretched(make("a.tif", np.zeros((1, 9, 9), np.uint16), nodata=0), values=[])
    assert caught.value.message.code == "raster-empty"


def test_constant_bands_survive(make):
    assert stretched(make("a.tif", np.full((1, 50, 50), 7, np.uint16)), values=[7]) == [0.5]
    mostly = np.full((1, 50, 50), 7, np.uint16)
    mostly[0, 0, 0] = 107  # beyond the percentiles, and not lost
    assert stretched(make("b.tif", mostly), values=[7, 57, 107]) == pytest.approx([0, 0.5, 1])


def test_fractions_stay_as_they_are_for_heights(make):
    fractions = np.linspace(0.2, 0.7, 2500, dtype=np.float32).reshape(1, 50, 50)
    fractions[0, :20] = np.nan
    path = make("a.tif", fractions)
    assert stretched(path, values=[0.25, 0.5], metric=True) == pytest.approx([0.25, 0.5])
    assert stretched(path, "percentiles=0,100", [0.7], metric=True) == pytest.approx([1])
    assert stretched(path, values=[0.25])[0] != pytest.approx(0.25, abs=0.01)
    beyond = make("b.tif", fractions * 2)
    assert stretched(beyond, values=[0.5], metric=True) == stretched(beyond, values=[0.5])
    with open_raster(make("c.tif", (fractions > 0.5).astype(np.uint16))) as source:
        assert make_stretch(source, spec(), "auto", metric=True).how.code == "stretch-percentiles"


def test_physical_values(make, noise):
    integers = noise(1, 9, 9, "uint16")
    tagged = make("a.tif", integers, scales=((0.001,), (-0.1,)))
    assert stretched(tagged, values=[1000], physical=True, integer_scale=0.0001) == pytest.approx([0.9])
    plain = make("b.tif", integers)
    assert stretched(plain, values=[1000], physical=True, integer_scale=0.0001) == pytest.approx([0.1])
    assert stretched(make("c.tif", integers.astype("float32")), values=[0.3], physical=True) == pytest.approx([0.3])
    with pytest.raises(UserError) as caught:
        stretched(make("d.tif", integers), values=[], physical=True)
    assert caught.value.message.code == "stretch-no-scale"


def test_a_mosaic_has_one(make):
    dark, bright = np.full((1, 64, 64), 100, np.uint16), np.full((1, 64, 64), 900, np.uint16)
    paths = [
        make("a.tif", dark, transform=from_origin(0, 0, 1, 1)),
        make("b.tif", bright, transform=from_origin(64, 0, 1, 1)),
    ]
    with open_mosaic(paths) as mosaic:
        made = make_stretch(mosaic, spec(), "auto")
    assert (made.low, made.high) == ((100.0,), (900.0,))
