"""The environment of an engine process: what QGIS needs must not reach another Python and another GDAL."""

from __future__ import annotations

from typing import Dict, Mapping

# QGIS sets these for its own Python, GDAL, PROJ, Qt and loader; each of them breaks another build of the same.
_REMOVED_PREFIXES = (
    "PYTHON",
    "GDAL_",
    "PROJ_",
    "QT_",
    "O4W_",
    "LD_",
    "DYLD_",
    "OGR_",
    "QGIS_",
    "GRASS_",
    "CONDA_",
    "VIRTUAL_ENV",
)
_REMOVED_NAMES = ("__PYVENV_LAUNCHER__", "GISBASE", "GISRC", "OSGEO4W_ROOT", "VSI_CACHE", "QML2_IMPORT_PATH")
_FOLDERS_AND_FILES = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Lists whose entries may lie in QGIS's own folders: its certificates know no company's, and go away with that QGIS."""
# How remote rasters are reached stays as the user has set it up.
_KEPT_PREFIXES = ("GDAL_HTTP_",)
_ADDED = {
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin make everything else on the machine crawl
}


def engine_environment(parent: Mapping[str, str], separator: str) -> Dict[str, str]:
    """``parent`` without what belongs to QGIS; ``separator`` is the one between entries of PATH (os.pathsep)."""
    kept = {name: value for name, value in parent.items() if not _is_removed(name.upper())}
    root = parent.get("OSGEO4W_ROOT", "")
    for name in [name for name in kept if name.upper() in _FOLDERS_AND_FILES and kept[name]]:
        kept[name] = _clean_list(kept[name], separator, root)
        if not kept[name] and name.upper() != "PATH":
            del kept[name]
    for name, value in _ADDED.items():
        if name.startswith("PYTHON") or name not in kept:
            kept[name] = value
    return kept


def _is_removed(name: str) -> bool:
    if name.startswith(_KEPT_PREFIXES):
        return False
    return name.startswith(_REMOVED_PREFIXES) or name in _REMOVED_NAMES


def _clean_list(value: str, separator: str, osgeo4w_root: str) -> str:
    """A list without what lies in the folders of an OSGeo4W installation or of an application bundle."""

    def normal(entry: str) -> str:
        return entry.replace("\\", "/").rstrip("/").lower()

    root = normal(osgeo4w_root)
    entries = [
        entry
        for entry in value.split(separator)
        if not (root and (normal(entry) + "/").startswith(root + "/")) and ".app/contents/" not in normal(entry) + "/"
    ]
    return separator.join(entries)
