"""Nodata in all its forms, masks, alpha, palettes, dtypes, damaged files, archives, addresses."""

import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.shutil import copy as gdal_copy
from rasterio.transform import Affine, from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.source import open_raster


def read_all(path, **options):
    with open_raster(path, **options) as source:
        return source.read(0, source.height, 0, source.width)


def valid_of(path):
    valid = read_all(path).valid
    return None if valid is None else valid.astype(int).tolist()


def test_values_are_read_as_they_are(make, noise):
    array = noise(4, 30, 40, "uint16")
    with open_raster(make("a.tif", array)) as source:
        assert (source.width, source.height, source.dtype, source.bands) == (40, 30, np.uint16, (1, 2, 3, 4))
        assert source.always_valid and source.scale is None and source.nodata is None
        pixels, valid = source.read(3, 11, 5, 25)
        assert valid is None and (pixels == array[:, 3:11, 5:25]).all()
        assert source.read_valid(0, 30, 0, 40) is None


def test_bands_come_in_the_order_asked(make, noise):
    array = noise(4, 8, 8)
    path = make("a.tif", array, colorinterp=[*map(ColorInterp, (5, 4, 3)), ColorInterp.undefined])
    with open_raster(path, bands=[3, 2, 1]) as source:
        assert source.band_names == ("red", "green", "blue")
        assert (source.read(0, 8, 0, 8).pixels == array[[2, 1, 0]]).all()


@pytest.mark.parametrize(
    "dtype, nodata, values, expected",
    [
        ("uint8", 0, [[0, 5], [7, 0]], [[0, 1], [1, 0]]),
        ("int16", -9999, [[-9999, 5], [7, 0]], [[0, 1], [1, 1]]),
        ("float32", -9999.9, [[-9999.9, 5], [7, 0]], [[0, 1], [1, 1]]),
        ("float32", float("nan"), [[np.nan, 5], [7, 0]], [[0, 1], [1, 1]]),
        ("float32", None, [[np.nan, 5], [np.inf, 0]], [[0, 1], [0, 1]]),  # not declared, still not a value
        ("float32", -3.4e38, [[-3.4028235e38, 5], [-3.4e38, 0]], [[0, 1], [0, 1]]),  # rounded on the way
        ("float64", -1.0e308, [[-1.0e308, 5], [7, 0]], [[0, 1], [1, 1]]),
        ("uint32", 4294967295, [[4294967295, 5], [7, 0]], [[0, 1], [1, 1]]),
    ],
)
def test_nodata_value(make, dtype, nodata, values, expected):
    path = make("a.tif", np.array([values], dtype=dtype), nodata=nodata)
    pixels, valid = read_all(path)
    assert valid.astype(int).tolist() == expected
    assert np.isfinite(pixels).all()


def test_nodata_that_the_dtype_cannot_hold_is_no_nodata(make):
    path = make("a.tif", np.zeros((1, 2, 2), np.uint8))
    vrt = make.folder / "a.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1">'
        "<NoDataValue>-9999</NoDataValue><SimpleSource>"
        f'<SourceFilename relativeToVRT="1">{Path(path).name}</SourceFilename></SimpleSource>'
        "</VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    with open_raster(str(vrt)) as source:
        assert source.always_valid and source.crs is None and source.gsd_m is None
        assert source.read(0, 2, 0, 2).valid is None


def test_black_in_one_band_is_a_colour_not_a_void(make):
    array = np.array([[[0, 0, 9]], [[0, 5, 9]], [[0, 5, 9]]], np.uint8)
    assert valid_of(make("a.tif", array, nodata=0)) == [[0, 1, 1]]


def test_minus_9999_in_one_band_is_a_void(make):
    array = np.array([[[-9999, 4, 9]], [[5, 5, 9]]], np.int16)
    assert valid_of(make("a.tif", array, nodata=-9999)) == [[0, 1, 1]]


def test_only_the_bands_that_are_read_decide(make):
    array = np.array([[[0, 4]], [[5, 5]]], np.uint8)
    path = make("a.tif", array, nodata=0)
    assert read_all(path, bands=[1]).valid.tolist() == [[False, True]]
    assert read_all(path, bands=[2]).valid is None


@pytest.mark.parametrize("inside", [True, False])
def test_mask_inside_and_beside(make, noise, inside):
    mask = np.array([[255, 0], [0, 255]], np.uint8)
    path = make("a.tif", noise(3, 2, 2))
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(path, "r+") as out:
        out.write_mask(mask)
    assert Path(f"{path}.msk").exists() != inside
    with open_raster(path) as source:
        assert not source.always_valid
        assert (source.read_valid(0, 2, 0, 2) == (mask > 0)).all()
        assert (source.read(0, 2, 0, 2).valid == (mask > 0)).all()


def test_alpha_is_validity_and_never_a_band(make, noise):
    array = noise(4, 2, 2)
    array[3] = [[255, 0], [1, 128]]
    path = make("a.tif", array, photometric="RGB", alpha="YES")
    with open_raster(path) as source:
        assert source.bands == (1, 2, 3) and source.band_names == ("red", "green", "blue")
        assert source.read(0, 2, 0, 2).valid.tolist() == [[True, False], [True, True]]
    with pytest.raises(UserError, match="no band 4"):
        open_raster(path, bands=[4])


def test_palette_becomes_colours_and_can_stay_ids(make):
    table = {0: (10, 20, 30, 255), 1: (40, 50, 60, 255), 2: (1, 2, 3, 0)}
    path = make("a.tif", np.array([[[0, 1, 2]]], np.uint8), colormap=table)
    with open_raster(path) as source:
        assert source.band_names == ("red", "green", "blue")
        assert [m.code for m in source.messages] == ["raster-palette"]
        pixels, valid = source.read(0, 1, 0, 3)
        assert pixels[:, 0, :2].T.tolist() == [[10, 20, 30], [40, 50, 60]]
        assert valid is None or valid.tolist() == [[True, True, bool(valid[0, 2])]]
    with open_raster(path, bands=[3, 1]) as source:
        assert source.read(0, 1, 0, 1).pixels[:, 0, 0].tolist() == [30, 10]
    with open_raster(path, expand_palette=False) as source:
        assert source.read(0, 1, 0, 3).pixels.tolist() == [[[0, 1, 2]]]


def test_scale_and_offset(make, noise):
    path = make("a.tif", noise(2, 4, 4, "int16"), scales=((0.0001, 0.5), (0.0, -1.0)))
    with open_raster(path, bands=[2, 1]) as source:
        assert source.scale.tolist() == [0.5, 0.0001] and source.offset.tolist() == [-1.0, 0.0]


def test_int8_keeps_its_sign(make):
    try:
        path = make("a.tif", np.array([[[-5, 7]]], np.int8))
    except (TypeError, rasterio.errors.RasterioError):
        path = make("a.tif", np.array([[[251, 7]]], np.uint8), PIXELTYPE="SIGNEDBYTE")
    with open_raster(path) as source:
        assert source.dtype == np.int8
        assert source.read(0, 1, 0, 2).pixels.tolist() == [[[-5, 7]]]


def test_complex_is_refused(make):
    with pytest.raises(UserError) as caught:
        open_raster(make("a.tif", np.zeros((1, 2, 2), np.complex64)))
    assert caught.value.message.code == "raster-complex"


@pytest.mark.parametrize(
    "transform",
    [Affine(0.5, 0.2, 5e5, 0.2, -0.5, 5e6), Affine(0.5, 0, 5e5, 0, 0.5, 5e6), Affine(0.3, 0, 5e5, 0, -0.7, 5e6)],
    ids=["rotated", "south-up", "anisotropic"],
)
def test_transforms_are_kept(make, noise, transform):
    array = noise(1, 6, 5)
    with open_raster(make("a.tif", array, transform=transform)) as source:
        assert source.transform == transform
        assert (source.read(0, 6, 0, 5).pixels == array).all()


def test_one_pixel(make):
    with open_raster(make("a.tif", np.array([[[7]]], np.uint8))) as source:
        assert source.read(0, 1, 0, 1).pixels.tolist() == [[[7]]]
        assert len(source.fingerprint()) == 64


def test_no_georeferencing_is_silent(make, noise):
    with open_raster(make("a.png", noise(3, 9, 9), crs=None, driver="PNG")) as source:
        assert source.crs is None and source.gsd_m is None and source.transform.is_identity


def test_a_window_outside_is_a_mistake_of_the_caller(make, noise):
    with open_raster(make("a.tif", noise(1, 4, 4))) as source:
        for window in ((0, 5, 0, 4), (-1, 2, 0, 4), (2, 2, 0, 4)):
            with pytest.raises(ValueError, match="not inside"):
                source.read(*window)


def test_missing():
    with pytest.raises(UserError) as caught:
        open_raster("/nowhere/x.tif")
    assert caught.value.message.code == "raster-missing"


def test_not_a_raster(make):
    path = make.folder / "notes.tif"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        open_raster(str(path))
    assert caught.value.message.code == "raster-unreadable"
    assert str(caught.value).count(str(path)) == 1


def test_truncated(make, noise):
    path = Path(make("a.tif", noise(3, 512, 512), tiled=True, blockxsize=256, blockysize=256, compress="deflate"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError) as caught, open_raster(str(path)) as source:
        source.read(0, 512, 0, 512)
    assert caught.value.message.code == "raster-unreadable"
    assert "\n" not in str(caught.value)


def test_a_container_names_its_rasters(make, noise):
    path = str(make.folder / "two.gpkg")
    for table in ("one", "two"):
        with rasterio.open(
            path, "w", driver="GPKG", width=300, height=300, count=3, dtype="uint8", crs="EPSG:3857",
            transform=from_origin(0, 0, 2, 2), RASTER_TABLE=table, APPEND_SUBDATASET="YES",
        ) as out:  # fmt: skip
            out.write(noise(3, 300, 300))
    with pytest.raises(UserError) as caught:
        open_raster(path)
    assert caught.value.message.code == "raster-containers"
    assert "one" in str(caught.value) and "two" in str(caught.value)
    with open_raster(f"GPKG:{path}:two") as source:
        assert source.width >= 300


def test_zip(make, noise):
    array = noise(1, 5, 5)
    path = Path(make("a.tif", array))
    with zipfile.ZipFile(make.folder / "b.zip", "w") as out:
        out.write(path, "inner/a.tif")
    with open_raster(f"/vsizip/{make.folder}/b.zip/inner/a.tif") as source:
        assert source.name == "a"
        assert (source.read(0, 5, 0, 5).pixels == array).all()


def test_fingerprint_is_of_the_content(make, noise):
    first = noise(1, 80, 80)
    with open_raster(make("a.tif", first)) as source:
        before = source.fingerprint()
        assert before == source.fingerprint()
    other = first.copy()
    other[0, 40, 40] += 1
    with open_raster(make("a.tif", other)) as source:
        assert source.fingerprint() != before
        one_band = source.fingerprint()
    with open_raster(make("a.tif", other, nodata=0)) as source:
        assert source.fingerprint() != one_band


SERVER = """
import http.server, pathlib, sys
root, sent = pathlib.Path(sys.argv[1]), 0

class Ranges(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.do_GET(body=False)

    def do_GET(self, body=True):
        global sent
        path = root / self.path.strip("/")
        if self.path == "/sent":
            data = str(sent).encode()
        elif path.is_file():
            data = path.read_bytes()
        else:
            self.send_error(404)
            return
        wanted = self.headers.get("Range")
        first, last = 0, len(data) - 1
        if wanted:
            start, _, end = wanted.split("=")[1].partition("-")
            first, last = int(start), min(int(end or last), last)
        self.send_response(206 if wanted else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.end_headers()
        if body:
            self.wfile.write(data[first : last + 1])
            sent += last - first + 1

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture
def address(make, monkeypatch):
    """A file server that knows ``Range`` and counts bytes; a process of its own, as GDAL waits with the GIL held."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GDAL_HTTP_MAX_RETRY", "0")
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(make.folder)], stdout=subprocess.PIPE, encoding="utf-8"
    ) as server:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.kill()


def sent_by(address):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/sent") as answer:
        return int(answer.read())


def test_remote_cog_is_read_by_ranges(make, noise, address):
    array = noise(3, 1500, 1500)
    local = make("a.tif", array)
    gdal_copy(local, str(make.folder / "cog.tif"), driver="COG", compress="deflate")
    size = (make.folder / "cog.tif").stat().st_size
    with open_raster(f"{address}/cog.tif") as source:
        assert source.name == "cog"
        assert (source.read(700, 764, 700, 764).pixels == array[:, 700:764, 700:764]).all()
        assert sent_by(address) < size / 2
        assert len(source.fingerprint()) == 64
    with pytest.raises(UserError) as caught:
        open_raster(f"{address}/absent.tif")
    assert caught.value.message.code == "raster-unreadable"


def test_the_block_cache_is_bounded():
    """GDAL's default, a share of the machine's memory, would let a reader grow with the raster."""
    code = """
import resource, sys
from rs_dino_engine.raster.source import open_raster
source = open_raster(sys.argv[1])
def read(end):
    for row in range(0, end, 500):
        source.read(row, row + 500, 0, 6000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(-read(1000) + read(12000))
"""
    pytest.importorskip("resource")
    with tempfile.TemporaryDirectory() as folder:
        path = write_sparse(Path(folder) / "big.tif")
        done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 90  # MB; the raster has 206


def write_sparse(path):
    profile = {"driver": "GTiff", "width": 6000, "height": 12000, "count": 3, "dtype": "uint8", "crs": "EPSG:32633"}
    with rasterio.open(
        path, "w", tiled=True, blockxsize=512, blockysize=512, compress="deflate", sparse_ok=True,
        transform=from_origin(0, 0, 2, 2), **profile,
    ) as out:  # fmt: skip
        out.write(np.full((3, 10, 10), 7, np.uint8), window=rasterio.windows.Window(0, 0, 10, 10))
    return str(path)


def test_names_for_outputs(make, noise):
    from rs_dino_engine.raster.paths import raster_stem

    assert raster_stem("/a/我的 图.tif") == "我的 图"
    assert raster_stem('NETCDF:"/a/b.nc":ndvi') == "b_ndvi"
    assert raster_stem("https://x.y/z/scene.tif?token=1") == "scene"
    assert raster_stem("/vsizip//a/b.zip/c/d.tif") == "d"
