"""Finished pieces on disk: small files and one VRT over them, of which any program sees a whole state."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

import numpy as np
import rasterio
from affine import Affine

from ..errors import EngineError
from ..raster.gdal_env import GDAL_ERRORS, gdal, reason_of
from ..raster.sink import SCRATCH, LayerInfo
from ..raster.style import style_xml
from ..raster.vrt import PartPlace, vrt_xml
from .pieces import Piece

VRT, STYLE, FOLDER, IDENTITY = "live.vrt", "live.qml", "pieces", "identity"
MOST = 1200
"""Pieces that are kept; those that were looked at longest ago go first."""
Key = Tuple[int, int, int, int]


class Canvas(NamedTuple):
    """The raster that the pieces are parts of."""

    height: int
    width: int
    crs: Optional[rasterio.crs.CRS]
    transform: Affine
    info: LayerInfo


class PieceStore:
    """The pieces in ``folder``. What an earlier session of the same ``identity`` has left there is still good."""

    def __init__(self, folder: Path, canvas: Canvas, identity: str, most: int = MOST) -> None:
        self._folder, self._canvas, self.most = folder, canvas, most
        self._places: "OrderedDict[Key, PartPlace]" = OrderedDict()
        self._pieces = folder / FOLDER
        known = self._pieces / IDENTITY
        if not known.exists() or known.read_text(encoding="ascii") != identity:
            shutil.rmtree(str(self._pieces), ignore_errors=True)
            self._pieces.mkdir(parents=True)
            known.write_text(identity, encoding="ascii")
        for path in sorted(self._pieces.glob("*.tif")):
            with suppress(ValueError):  # a file that was being written when its session ended
                row0, row1, col0, col1 = (int(number) for number in path.stem.split("_"))
                self._places[(row0, row1, col0, col1)] = PartPlace(path, row0, col0, row1 - row0, col1 - col0)
        self.show_between(canvas.info.shown)
        self.publish()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, piece: Piece) -> bool:
        return _key(piece) in self._places

    def touch(self, pieces: Iterable[Piece]) -> None:
        """These are looked at now."""
        for piece in pieces:
            if piece in self:
                self._places.move_to_end(_key(piece))

    def put(self, piece: Piece, values: np.ndarray) -> None:
        """Keep ``values`` (bands, h, w); :meth:`publish` shows them."""
        key = _key(piece)
        path = self._pieces / "{}_{}_{}_{}.tif".format(*key)
        self._write(path, values)
        self._places[key] = PartPlace(path, key[0], key[2], key[1] - key[0], key[3] - key[2])

    def publish(self) -> None:
        """Show what is there, and let go of what is too much."""
        gone: List[Path] = []
        while len(self._places) > self.most:
            gone.append(self._places.popitem(last=False)[1].path)
        canvas = self._canvas
        wkt = canvas.crs.to_wkt() if canvas.crs else None
        bands = max(1, len(canvas.info.band_names))
        items: Dict[str, str] = {}
        text = vrt_xml(
            list(self._places.values()), canvas.width, canvas.height, bands, wkt, canvas.transform, canvas.info, items,
            lambda band: items,
        )  # fmt: skip
        part = self._folder / f".{VRT}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(self._folder / VRT)
        for path in gone:  # after the VRT that does not name them any more
            with suppress(OSError):
                path.unlink()

    @property
    def beside(self) -> Path:
        """A folder for what is to be known of the pieces; it goes with them."""
        return self._pieces

    def show_between(self, ends: Optional[Tuple[float, float]]) -> None:
        """Write the style; ``ends`` of its ramp, where it has one."""
        statistics = {"minimum": ends[0], "maximum": ends[1]} if ends else None
        part = self._folder / f".{STYLE}.part"
        part.write_text(style_xml(self._canvas.info, statistics), encoding="utf-8")
        part.replace(self._folder / STYLE)

    def _write(self, path: Path, values: np.ndarray) -> None:
        """Whole or absent. It is not forced onto the disk: a piece that a power cut takes away is computed again."""
        bands, height, width = values.shape
        part = path.with_name(f".{path.name}")
        profile = {
            "driver": "GTiff", "width": width, "height": height, "count": bands, "dtype": values.dtype.name,
            "nodata": self._canvas.info.nodata, "blockysize": height, "interleave": "band", **SCRATCH,
        }  # fmt: skip
        try:
            with gdal(), rasterio.open(part, "w", **profile) as out:
                out.write(values)
            part.replace(path)
        except GDAL_ERRORS as error:
            raise EngineError("output-failed", detail=str(error), path=str(path), reason=reason_of(error)) from error


def _key(piece: Piece) -> Key:
    return piece.rows.first, piece.rows.end, piece.cols.first, piece.cols.end
