"""Finished pieces on disk: small files and one VRT over them, of which any program sees a whole state.

Others have these files open while they are drawn or scanned, and Windows lets nobody replace or delete them meanwhile.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

import numpy as np
import rasterio
from affine import Affine

from ..errors import EngineError
from ..patience import ShownText, delete, patiently
from ..raster.gdal_env import GDAL_ERRORS, gdal, reason_of
from ..raster.sink import SCRATCH, LayerInfo, free_name
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
        self._canvas, self.most = canvas, most
        self._vrt, self._style = ShownText(folder / VRT), ShownText(folder / STYLE)
        self._places: "OrderedDict[Key, PartPlace]" = OrderedDict()
        self._gone: List[Path] = []
        self._pieces = _folder_of(folder / FOLDER, identity)
        for path in sorted(self._pieces.glob("*.tif")):
            key = _key_of(path)
            if key is None or key in self._places:
                self._gone.append(path)
            else:
                self._places[key] = _place(key, path)
        self.show_between(canvas.info.shown)
        self.publish()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, piece: Piece) -> bool:
        return _key(piece) in self._places

    @property
    def is_behind(self) -> bool:
        """Whether something is not shown yet, another program having a file open; :meth:`catch_up` tries again."""
        return self._vrt.is_behind or self._style.is_behind

    def touch(self, pieces: Iterable[Piece]) -> None:
        """These are looked at now."""
        for piece in pieces:
            if piece in self:
                self._places.move_to_end(_key(piece))

    def put(self, piece: Piece, values: np.ndarray) -> None:
        """Keep ``values`` (bands, h, w); :meth:`publish` shows them."""
        key = _key(piece)
        path = self._pieces / "{}_{}_{}_{}.tif".format(*key)
        if path.exists():  # let go of, and still open somewhere
            path = free_name(path)
        self._places[key] = _place(key, self._write(path, values))

    def publish(self) -> None:
        """Show what is there, and let go of what is too much. Where another program does not let go of a file, the
        store :attr:`is_behind`; after half a minute of that an ``EngineError`` is raised."""
        while len(self._places) > self.most:
            self._gone.append(self._places.popitem(last=False)[1].path)
        canvas = self._canvas
        wkt = canvas.crs.to_wkt() if canvas.crs else None
        bands = max(1, len(canvas.info.band_names))
        items: Dict[str, str] = {}
        text = vrt_xml(
            list(self._places.values()), canvas.width, canvas.height, bands, wkt, canvas.transform, canvas.info, items,
            lambda band: items,
        )  # fmt: skip
        self._vrt.show(text)
        self._style.catch_up()
        self._delete_gone()

    def catch_up(self) -> None:
        """Show what :meth:`publish` and :meth:`show_between` could not show."""
        self._vrt.catch_up()
        self._style.catch_up()
        self._delete_gone()

    @property
    def beside(self) -> Path:
        """A folder for what is to be known of the pieces; it goes with them."""
        return self._pieces

    def show_between(self, ends: Optional[Tuple[float, float]]) -> None:
        """Write the style; ``ends`` of its ramp, where it has one."""
        statistics = {"minimum": ends[0], "maximum": ends[1]} if ends else None
        self._style.show(style_xml(self._canvas.info, statistics))

    def _delete_gone(self) -> None:
        """Once the VRT does not name them any more; those that are still open are tried again."""
        if not self._vrt.is_behind:
            self._gone = [path for path in self._gone if not delete(path)]

    def _write(self, path: Path, values: np.ndarray) -> Path:
        """Whole or absent: at ``path``, or beside it where the new file may not be renamed. It is not forced onto the
        disk: a piece that a power cut takes away is computed again."""
        bands, height, width = values.shape
        part = path.with_name(f".{path.name}")
        if part.exists() and not delete(part):
            part = free_name(part)
        profile = {
            "driver": "GTiff", "width": width, "height": height, "count": bands, "dtype": values.dtype.name,
            "nodata": self._canvas.info.nodata, "blockysize": height, "interleave": "band", **SCRATCH,
        }  # fmt: skip
        try:
            with gdal(), rasterio.open(part, "w", **profile) as out:
                out.write(values)
        except GDAL_ERRORS as error:
            raise EngineError("output-failed", detail=str(error), path=str(path), reason=reason_of(error)) from error
        try:
            patiently(lambda: part.replace(path))
        except PermissionError:
            return part  # as good under this name; a later session computes it again
        return path


def _folder_of(wanted: Path, identity: str) -> Path:
    """The folder for pieces of this identity: ``wanted``, emptied of others', or one beside it where some of those are
    open and stay."""
    known = wanted / IDENTITY
    if known.exists() and known.read_text(encoding="ascii") == identity:
        return wanted
    shutil.rmtree(str(wanted), ignore_errors=True)
    folder = free_name(wanted) if wanted.exists() else wanted
    patiently(lambda: folder.mkdir(parents=True))
    (folder / IDENTITY).write_text(identity, encoding="ascii")
    return folder


def _place(key: Key, path: Path) -> PartPlace:
    return PartPlace(path, key[0], key[2], key[1] - key[0], key[3] - key[2])


def _key_of(path: Path) -> Optional[Key]:
    """What the file of a piece is called after; None for one that was being written when its session ended."""
    try:
        row0, row1, col0, col1 = (int(number) for number in path.stem.split("_")[:4])
    except ValueError:
        return None
    return row0, row1, col0, col1


def _key(piece: Piece) -> Key:
    return piece.rows.first, piece.rows.end, piece.cols.first, piece.cols.end
