"""A map service on this machine: a sample as XYZ tiles and as a WMS, over real HTTP."""

import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from osgeo import gdal, osr

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "suburb.tif"
HALF_M = 20037508.342789244
TILE_PX = 256
CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>Photos</Title>
<OnlineResource xlink:type="simple" xlink:href="{url}"/></Service>
<Capability><Request>
<GetCapabilities><Format>text/xml</Format><DCPType><HTTP><Get>
<OnlineResource xlink:type="simple" xlink:href="{url}"/></Get></HTTP></DCPType></GetCapabilities>
<GetMap><Format>image/png</Format><DCPType><HTTP><Get>
<OnlineResource xlink:type="simple" xlink:href="{url}"/></Get></HTTP></DCPType></GetMap>
</Request><Exception><Format>XML</Format></Exception>
<Layer><Title>Photos</Title><CRS>{crs}</CRS>
<Layer queryable="0"><Name>photo</Name><Title>Photo</Title><CRS>{crs}</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>-180</westBoundLongitude><eastBoundLongitude>180</eastBoundLongitude>
<southBoundLatitude>-80</southBoundLatitude><northBoundLatitude>80</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="{crs}" minx="{w}" miny="{s}" maxx="{e}" maxy="{n}"/></Layer></Layer>
</Capability></WMS_Capabilities>"""


class MapServer(ThreadingHTTPServer):
    """``tiles`` and ``maps`` hold what was asked for. While ``go_on`` is not set, only the first tile is answered.
    ``fails(tile, times)`` says whether a tile (or a map's box) that is asked for the n-th time gets an error."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tiles, self.maps = [], []
        self.go_on = threading.Event()
        self.go_on.set()
        self.when_asked = lambda: None
        self.refuses = False
        self.fails = lambda tile, times: False
        self.name = uuid.uuid4().hex
        self.crs = _authid()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __enter__(self) -> "MapServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked_for(self, box: str) -> int:
        """How often a map was asked for."""
        return sum(one["BBOX"] == box for one in self.maps)

    def refuse(self) -> None:
        """Answer everything with 403 from now on."""
        self.refuses = True

    def xyz(self, zmax: int = 20) -> str:
        """The source of a layer of QGIS's provider ``wms``. QGIS keeps tiles by their address, and a port comes again:
        each server has addresses of its own."""
        return (
            f"type=xyz&url={quote(f'{self.url}/{{z}}/{{x}}/{{y}}.png?of={self.name}', safe=':/{}')}&zmax={zmax}&zmin=0"
        )

    def wms(self) -> str:
        """The same as a Web Map Service."""
        return f"crs={self.crs}&format=image/png&layers=photo&styles=&url={self.url}/wms?"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server, address = self.server, urlsplit(self.path)
        if server.refuses:
            self._answer(403, "text/plain", b"no")
            return
        if address.path == "/wms":
            query = {name.upper(): values[0] for name, values in parse_qs(address.query).items()}
            if query["REQUEST"] == "GetCapabilities":
                self._answer(200, "text/xml", _capabilities(server).encode())
                return
            server.maps.append(query)
            bounds = [float(one) for one in query["BBOX"].split(",")]
            if server.fails(query["BBOX"], server.asked_for(query["BBOX"])):
                self._answer(503, "text/plain", b"too much to do")
                return
            image = _image(bounds, int(query["WIDTH"]), int(query["HEIGHT"]), server.crs)
        else:
            z, x, y = (int(word.split(".")[0]) for word in address.path.strip("/").split("/"))
            server.tiles.append((z, x, y))
            server.when_asked()
            if len(server.tiles) > 1 and not server.go_on.wait(60):
                return
            if server.fails((z, x, y), server.tiles.count((z, x, y))):
                self._answer(503, "text/plain", b"too much to do")
                return
            size = 2 * HALF_M / 2**z
            bounds = (x * size - HALF_M, HALF_M - (y + 1) * size, (x + 1) * size - HALF_M, HALF_M - y * size)
            image = _image(bounds, TILE_PX, TILE_PX, "EPSG:3857")
        self._answer(200, "image/png", image)

    def _answer(self, code: int, kind: str, body: bytes) -> None:
        try:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):  # who asked has gone
            pass

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _image(bounds, columns: int, rows: int, crs: str) -> bytes:
    """The sample as PNG; clear where it does not reach."""
    name = f"/vsimem/tile{threading.get_ident()}.png"
    options = {"outputBounds": bounds, "width": columns, "height": rows, "dstSRS": crs, "resampleAlg": "bilinear"}
    made = gdal.Warp("", str(SAMPLE), format="MEM", dstAlpha=True, **options)
    gdal.GetDriverByName("PNG").CreateCopy(name, made)
    handle = gdal.VSIFOpenL(name, "rb")
    gdal.VSIFSeekL(handle, 0, 2)
    size = gdal.VSIFTellL(handle)
    gdal.VSIFSeekL(handle, 0, 0)
    raw = bytes(gdal.VSIFReadL(1, size, handle))
    gdal.VSIFCloseL(handle)
    gdal.Unlink(name)
    return raw


def _capabilities(server: MapServer) -> str:
    dataset = gdal.Open(str(SAMPLE))
    left, size, _, top, _, _ = dataset.GetGeoTransform()
    reach = {"w": left, "n": top, "e": left + dataset.RasterXSize * size, "s": top - dataset.RasterYSize * size}
    return CAPABILITIES.format(url=server.url + "/wms?", crs=server.crs, **reach)


def _authid() -> str:
    crs = osr.SpatialReference(wkt=gdal.Open(str(SAMPLE)).GetProjection())
    crs.AutoIdentifyEPSG()
    return f"EPSG:{crs.GetAuthorityCode(None)}"
