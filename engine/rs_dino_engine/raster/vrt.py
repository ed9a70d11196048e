"""A VRT over part files: the whole output as GDAL sees it before it is one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Sequence
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from .sink import LayerInfo

GDAL_TYPES = {
    "uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16", "uint32": "UInt32", "int32": "Int32",
    "float32": "Float32", "float64": "Float64",
}  # fmt: skip


STRIP_BYTES = 256_000


def strip_rows(width: int, height: int, kind: str) -> int:
    """Rows of one strip of a part file: small, because GDAL holds a strip or two of every open part."""
    itemsize = {"Byte": 1, "Int8": 1, "UInt16": 2, "Int16": 2, "Float64": 8}.get(kind, 4)
    return max(1, min(height, STRIP_BYTES // (width * itemsize)))


class PartPlace(NamedTuple):
    """A part file and its place in the whole."""

    path: Path
    row0: int
    col0: int
    height: int
    width: int


def vrt_xml(
    parts: Sequence[PartPlace],
    width: int,
    height: int,
    bands: int,
    wkt: Optional[str],
    transform: Any,
    info: "LayerInfo",
    dataset_items: Dict[str, str],
    band_items: Callable[[int], Dict[str, str]],
    overviews: Sequence[Path] = (),
) -> str:
    """The VRT's text; sources are named absolutely, what no part covers is nodata."""
    lines = [f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">']
    if wkt:
        lines.append(f'<SRS dataAxisToSRSAxisMapping="1,2">{escape(wkt)}</SRS>')
    if not transform.is_identity:
        numbers = transform.c, transform.a, transform.b, transform.f, transform.d, transform.e
        lines.append("<GeoTransform>" + ", ".join(f"{n:.17g}" for n in numbers) + "</GeoTransform>")
    lines += _metadata(dataset_items)
    for index in range(bands):
        lines += _band(parts, index, info, band_items(index), overviews)
    lines.append("</VRTDataset>")
    return "\n".join(lines) + "\n"


def _metadata(items: Dict[str, str]) -> List[str]:
    if not items:
        return []
    entries = [f"<MDI key={quoteattr(key)}>{escape(value)}</MDI>" for key, value in items.items()]
    return ["<Metadata>", *entries, "</Metadata>"]


def _band(
    parts: Sequence[PartPlace], index: int, info: "LayerInfo", items: Dict[str, str], overviews: Sequence[Path]
) -> List[str]:
    kind = GDAL_TYPES[info.dtype]
    lines = [f'<VRTRasterBand dataType="{kind}" band="{index + 1}">', *_metadata(items)]
    if index < len(info.band_names):
        lines.append(f"<Description>{escape(info.band_title(index))}</Description>")
    if info.nodata is not None:
        lines.append(f"<NoDataValue>{info.nodata:.17g}</NoDataValue>")
    if info.unit:
        lines.append(f"<UnitType>{escape(info.unit)}</UnitType>")
    if info.scale is not None:
        lines.append(f"<Scale>{info.scale:.17g}</Scale>")
    lines += _colors(info)
    for part in parts:
        lines += _source(part, index, kind)
    for path in overviews:
        lines.append(f'<Overview><SourceFilename relativeToVRT="0">{escape(str(path.resolve()))}</SourceFilename>')
        lines.append(f"<SourceBand>{index + 1}</SourceBand></Overview>")
    lines.append("</VRTRasterBand>")
    return lines


def _colors(info: "LayerInfo") -> List[str]:
    """Colour interpretation and table; ids without a class are clear."""
    if not info.colors:
        return []
    lines = ["<ColorInterp>Palette</ColorInterp>", "<ColorTable>"]
    for number in range(256):
        red, green, blue = info.colors.get(number, (0, 0, 0))
        alpha = 255 if number in info.colors else 0
        lines.append(f'<Entry c1="{red}" c2="{green}" c3="{blue}" c4="{alpha}"/>')
    return [*lines, "</ColorTable>"]


def _source(part: PartPlace, index: int, kind: str) -> List[str]:
    size = f'xSize="{part.width}" ySize="{part.height}"'
    # With SourceProperties GDAL opens a part only when its pixels are wanted.
    return [
        "<SimpleSource>",
        f'<SourceFilename relativeToVRT="0">{escape(str(part.path.resolve()))}</SourceFilename>',
        f"<SourceBand>{index + 1}</SourceBand>",
        f'<SourceProperties RasterXSize="{part.width}" RasterYSize="{part.height}" DataType="{kind}" '
        f'BlockXSize="{part.width}" BlockYSize="{strip_rows(part.width, part.height, kind)}"/>',
        f'<SrcRect xOff="0" yOff="0" {size}/>',
        f'<DstRect xOff="{part.col0}" yOff="{part.row0}" {size}/>',
        "</SimpleSource>",
    ]
