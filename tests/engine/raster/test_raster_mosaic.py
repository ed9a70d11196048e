"""Sheets that are read as one raster."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine, from_origin
from rasterio.warp import calculate_default_transform, reproject
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster import mosaic as mosaic_module
from rs_dino_engine.raster.mosaic import open_mosaic

LEFT, TOP = 500_000, 5_000_000


def grid(col, row):
    return from_origin(LEFT + col * 0.5, TOP - row * 0.5, 0.5, 0.5)


@pytest.fixture
def whole():
    rows, cols = np.mgrid[0:200, 0:240]
    smooth = 100 + 60 * np.sin(rows / 25.0) + 60 * np.cos(cols / 30.0)
    return np.stack([smooth, 240 - smooth]).astype(np.uint8)


@pytest.fixture
def sheets(make, whole):
    """Four sheets with overlaps and a gap in the lower right."""
    boxes = {"a": (0, 120, 0, 130), "b": (0, 110, 120, 240), "c": (100, 200, 0, 110), "d": (100, 180, 130, 200)}
    return [make(f"{n}.tif", whole[:, r0:r1, c0:c1], transform=grid(c0, r0)) for n, (r0, r1, c0, c1) in boxes.items()]


def test_is_the_whole_it_was_cut_from(sheets, whole):
    with open_mosaic(sheets) as mosaic:
        assert (mosaic.width, mosaic.height, mosaic.transform) == (240, 200, grid(0, 0))
        assert mosaic.name == "a_mosaic" and not mosaic.always_valid
        pixels, valid = mosaic.read(0, 200, 0, 240)
        expected = np.zeros((200, 240), bool)
        for _, r0, r1, c0, c1, transform in mosaic.sheets:
            expected[r0:r1, c0:c1] = True
            assert transform == grid(c0, r0)
        assert (valid == expected).all()
        assert (pixels[:, valid] == whole[:, valid]).all()
        assert (mosaic.read_valid(0, 200, 0, 240) == expected).all()


def test_windows_read_like_the_whole(sheets):
    with open_mosaic(sheets) as mosaic:
        whole = mosaic.read(0, 200, 0, 240)
        for r0 in range(0, 200, 70):
            for c0 in range(0, 240, 50):
                window = r0, min(r0 + 70, 200), c0, min(c0 + 50, 240)
                pixels, valid = mosaic.read(*window)
                expected = whole.valid[window[0] : window[1], window[2] : window[3]]
                assert ((valid is None) == expected.all()) and (valid is None or (valid == expected).all())
                assert (pixels == whole.pixels[:, window[0] : window[1], window[2] : window[3]]).all()


def test_the_first_valid_sheet_wins(make):
    first, second = np.full((1, 10, 10), 5, np.uint8), np.full((1, 10, 10), 9, np.uint8)
    first[0, :, :3] = 0
    paths = [make("a.tif", first, nodata=0), make("b.tif", second, nodata=0)]
    with open_mosaic(paths) as mosaic:
        pixels, valid = mosaic.read(0, 10, 0, 10)
        assert valid is None
        assert set(pixels[0, :, :3].ravel()) == {9} and set(pixels[0, :, 3:].ravel()) == {5}


def test_a_sheet_in_another_crs_is_brought_onto_the_grid(make, sheets, whole):
    other = "EPSG:3857"
    transform, width, height = calculate_default_transform(
        "EPSG:32633", other, 240, 200, LEFT, TOP - 100, LEFT + 120, TOP, resolution=0.4
    )
    warped = np.zeros((2, height, width), np.uint8)
    for band in (0, 1):
        reproject(
            whole[band], warped[band], src_transform=grid(0, 0), src_crs="EPSG:32633", dst_transform=transform,
            dst_crs=other, resampling=rasterio.enums.Resampling.bilinear,
        )  # fmt: skip
    foreign = make("z.tif", warped, crs=other, transform=transform, nodata=0)
    with open_mosaic([*sheets, foreign]) as mosaic:
        assert "mosaic-resampled" in [m.code for m in mosaic.messages]
        row0, col0 = mosaic.sheets[0].row0, mosaic.sheets[0].col0
        gap = (row0 + 185, row0 + 195, col0 + 150, col0 + 220)
        pixels, valid = mosaic.read(*gap)
        assert valid is None
        assert np.abs(pixels.astype(int) - whole[:, 185:195, 150:220]).max() <= 4
        part = mosaic.read(gap[0] + 2, gap[0] + 7, gap[2] + 3, gap[2] + 33).pixels
        assert (part == pixels[:, 2:7, 3:33]).all()


def test_a_rotated_sheet_and_one_off_the_grid(make, sheets, whole):
    turned = Affine.translation(LEFT + 200 * 0.5, TOP - 190 * 0.5) * Affine.rotation(20) * Affine.scale(0.5, -0.5)
    paths = [*sheets, make("r.tif", np.full((2, 20, 20), 77, np.uint8), transform=turned)]
    paths.append(make("o.tif", whole[:, 150:199, 180:239], transform=grid(180.4, 150.4)))
    with open_mosaic(paths) as mosaic:
        assert mosaic.transform.a == 0.5 and mosaic.transform.b == 0
        pixels, valid = mosaic.read(0, mosaic.height, 0, mosaic.width)
        top = mosaic.sheets[0].row0
        assert (pixels == 77).sum() > 500
        assert valid[top + 185, 235] or valid[top + 160, 210]


def test_few_files_are_open_at_a_time(make, monkeypatch):
    monkeypatch.setattr(mosaic_module, "MAX_OPEN", 3)
    paths = [make(f"{i:02}.tif", np.full((1, 8, 8), i, np.uint8), transform=grid(8 * i, 0)) for i in range(10)]
    with open_mosaic(paths) as mosaic:
        assert (mosaic.read(0, 8, 0, 80).pixels[0, 0] == np.repeat(np.arange(10), 8)).all()
        assert len(mosaic._open) == 3
        assert mosaic.fingerprint() == mosaic.fingerprint()


@pytest.mark.parametrize(
    "change, code",
    [
        ({"array": np.zeros((2, 8, 8), np.uint8)}, "mosaic-differs"),
        ({"array": np.zeros((1, 8, 8), np.uint16)}, "mosaic-differs"),
        ({"scales": ((2.0,), (0.0,))}, "mosaic-differs"),
        ({"crs": None, "transform": grid(0, 0)}, "mosaic-crs"),
        ({"crs": None}, "mosaic-unplaced"),
    ],
)
def test_what_does_not_go_together(make, change, code):
    change = dict(change)
    array = change.pop("array", np.zeros((1, 8, 8), np.uint8))
    paths = [make("a.tif", np.zeros((1, 8, 8), np.uint8)), make("b.tif", array, **change)]
    with pytest.raises(UserError) as caught:
        open_mosaic(paths)
    assert caught.value.message.code == code
    assert "b.tif" in str(caught.value)
