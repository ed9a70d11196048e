"""Which raster bands a model's bands are: names, and the choice with its reason."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import UserError
from ..messages import Message, message
from ..models.spec import Band

# Our names are STAC's common names (github.com/stac-extensions/eo); left: how files and people spell them.
_SPELLINGS: Dict[str, str] = {
    "r": "red", "red": "red", "rot": "red", "rouge": "red", "红": "red", "红波段": "red",
    "g": "green", "green": "green", "gruen": "green", "vert": "green", "绿": "green", "绿波段": "green",
    "b": "blue", "blue": "blue", "blau": "blue", "bleu": "blue", "蓝": "blue", "蓝波段": "blue",
    "nir": "nir", "nearinfrared": "nir", "infrared": "nir", "pir": "nir", "nir1": "nir", "nir2": "nir09",
    "近红外": "nir", "nir08": "nir08", "nir8a": "nir08", "narrownir": "nir08", "nir09": "nir09",
    "watervapour": "nir09", "watervapor": "nir09",
    "coastal": "coastal", "coastalaerosol": "coastal", "ultrablue": "coastal", "yellow": "yellow",
    "rededge": "rededge", "rededge1": "rededge071", "rededge2": "rededge075", "rededge3": "rededge078",
    "rededge071": "rededge071", "rededge075": "rededge075", "rededge078": "rededge078", "re": "rededge",
    "cirrus": "cirrus", "pan": "pan", "panchromatic": "pan", "lwir": "lwir", "tir": "lwir", "thermal": "lwir",
    "swir": "swir16", "swir1": "swir16", "swir16": "swir16", "swir2": "swir22", "swir22": "swir22",
    "vv": "vv", "vh": "vh", "hh": "hh", "hv": "hv",
}  # fmt: skip
_SENTINEL2 = {
    "1": "coastal", "2": "blue", "3": "green", "4": "red", "5": "rededge071", "6": "rededge075", "7": "rededge078",
    "8": "nir", "8A": "nir08", "9": "nir09", "10": "cirrus", "11": "swir16", "12": "swir22",
}  # fmt: skip
_LANDSAT8 = {
    "1": "coastal", "2": "blue", "3": "green", "4": "red", "5": "nir08", "6": "swir16", "7": "swir22",
    "8": "pan", "9": "cirrus", "10": "lwir", "11": "lwir",
}  # fmt: skip
_NUMBERED = re.compile(r"^(SR_)?B(?:AND)?[ _-]?(0?)(\d{1,2}A?)$", re.IGNORECASE)
# Bands that stand in for each other where the exact one is absent.
_STAND_INS = {"nir": ("nir08",), "nir08": ("nir",)}
_FROM_INTERP = {"red", "green", "blue", "pan", "coastal", "yellow", "nir", "rededge", "swir", "lwir", "tir"}


class BandChoice(NamedTuple):
    """Band numbers (from 1) in the order of the model's bands, and why these."""

    bands: Tuple[int, ...]
    reason: Message


def band_names(descriptions: Sequence[Optional[str]], interpretations: Sequence[str]) -> Tuple[str, ...]:
    """A name for each band: from its description, else its colour interpretation, else ``band-N``.

    A name that two bands would carry is kept by neither interpretation nor guess: the later ones are ``band-N``.
    """
    numbered = _numbered_names(descriptions)
    names: List[str] = []
    for index, (description, interpretation) in enumerate(zip(descriptions, interpretations)):
        name = numbered[index] or _spelled(description or "")
        if name is None and interpretation in _FROM_INTERP and not _says_something_else(description):
            name = _SPELLINGS[interpretation]
        names.append(name if name and name not in names else f"band-{index + 1}")
    return tuple(names)


def _says_something_else(description: Optional[str]) -> bool:
    """True for a description such as "ndvi": it contradicts whatever colour the band is displayed in."""
    return bool(description) and not re.match(r"^\s*(band|b)?[ _-]*\d*\s*$", description or "", re.IGNORECASE)


def _spelled(description: str) -> Optional[str]:
    whole = re.sub(r"[\s_\-.]+", "", description.lower())
    if whole in _SPELLINGS:
        return _SPELLINGS[whole]
    words = re.findall(r"[^\W\d_]+\d*", description.lower())
    found = {_SPELLINGS[word] for word in words if len(word) > 1 and word in _SPELLINGS}
    return found.pop() if len(found) == 1 else None


def _numbered_names(descriptions: Sequence[Optional[str]]) -> List[Optional[str]]:
    """Names of bands that are described by a sensor's band numbers, where the sensor can be told from them."""
    matches = [_NUMBERED.match((text or "").strip()) for text in descriptions]
    numbers = [m.group(3).upper().lstrip("0") if m else None for m in matches]
    known = [n for n in numbers if n]
    if not known:
        return [None] * len(numbers)
    landsat = any(m and m.group(1) for m in matches)
    sentinel = not landsat and (any(m and m.group(2) for m in matches) or {"8A", "12"} & set(known))
    if sentinel:
        table = _SENTINEL2
    elif landsat and {"6", "7"} <= set(known):
        table = _LANDSAT8
    else:
        return [None] * len(numbers)
    return [table.get(n) if n else None for n in numbers]


def choose_bands(names: Sequence[str], wanted: Sequence[Band], override: Optional[Sequence[int]] = None) -> BandChoice:
    """Choose raster bands for a model.

    ``names`` are the raster's band names (:func:`band_names`; alpha is not among them), ``override`` what the
    user asked for. By name where all the model's bands are found; by position where neither side has names and
    the counts allow it. Raises ``UserError`` where a choice would be a guess.
    """
    listed = ", ".join(f"{i}: {n}" for i, n in enumerate(names, 1))
    needed = ", ".join(b.name for b in wanted)
    if override:
        return _overridden(names, wanted, override, listed, needed)
    found = [_find(band.name, names) for band in wanted]
    if None not in found and len(set(found)) == len(found):
        bands = tuple(f + 1 for f in found if f is not None)
        return BandChoice(bands, message("bands-by-name", bands=_spoken(bands), names=needed))
    if len(names) < len(wanted):
        raise UserError("bands-too-few", count=len(names), wanted=len(wanted), needed=needed)
    return BandChoice(*_by_position(names, wanted, found, listed, needed))


def _by_position(
    names: Sequence[str], wanted: Sequence[Band], found: Sequence[Optional[int]], listed: str, needed: str
) -> Tuple[Tuple[int, ...], Message]:
    """Bands by their order, where neither side names them, or where exactly the unnamed ones are left over."""
    missing = [b.name for b, f in zip(wanted, found) if f is None]
    unnamed = [i for i, n in enumerate(names) if not _is_named(n)]
    if not any(_is_named(n) for n in names) or not any(_is_named(b.name) for b in wanted):
        bands = tuple(range(1, len(wanted) + 1))
    elif len(names) == len(wanted) and len(unnamed) == len(missing):
        left = iter(unnamed)
        bands = tuple((next(left) if f is None else f) + 1 for f in found)
    else:
        raise UserError("bands-missing", missing=", ".join(missing) or needed, needed=needed, listed=listed)
    return bands, message("bands-by-position", bands=_spoken(bands), names=needed)


def _overridden(
    names: Sequence[str], wanted: Sequence[Band], override: Sequence[int], listed: str, needed: str
) -> BandChoice:
    bands = tuple(int(b) for b in override)
    if len(bands) != len(wanted):
        raise UserError("bands-count", given=len(bands), wanted=len(wanted), needed=needed)
    wrong = [b for b in bands if not 1 <= b <= len(names)]
    if wrong:
        raise UserError("bands-unknown", band=wrong[0], listed=listed)
    return BandChoice(bands, message("bands-by-user", bands=_spoken(bands), names=needed))


def _is_named(name: str) -> bool:
    return not name.startswith("band-")


def _find(name: str, names: Sequence[str]) -> Optional[int]:
    """Index of a band, exact name first, then a stand-in; ``band-N`` of a model is a position, not a name."""
    if not _is_named(name):
        return None
    canonical = _spelled(name) or name.lower()
    for candidate in (canonical,) + _STAND_INS.get(canonical, ()):
        if candidate in names:
            return list(names).index(candidate)
    return None


def _spoken(bands: Sequence[int]) -> str:
    return ", ".join(str(b) for b in bands)
