"""Where models are found: those that come with the engine, those the person imported, folders and files.

The library folder is ``RS_DINO_MODELS`` where that is set, else the platform's place for an application's data.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from ..errors import UserError
from ..messages import Message
from .folder import SPEC_FILE, WEIGHTS_FILES, inside, read_spec, sha256_of, write_onnx_folder, write_torch_folder
from .spec import ModelSpec

EMBEDDED = Path(__file__).resolve().parent.parent / "data" / "models"
CHECKPOINT_SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".bin")
_PUBLISHED_WITH = ("config.json", "model.safetensors.index.json")
_TIMM = "timm:"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class FoundModel:
    """A model that can be loaded. ``notes`` are what had to be assumed about it; show them to the person."""

    spec: ModelSpec
    path: Path
    """The folder or the file that was meant."""
    weights: Path
    """The file with the weights."""
    origin: str
    """embedded, library, folder or file."""
    head: Optional[Path] = None
    """A head that is a file of its own."""
    notes: Tuple[Message, ...] = ()

    def sha256(self) -> str:
        """The hash of the weights: as the spec states it, else computed."""
        return self.spec.sha256 or sha256_of(self.weights)


def library_folder() -> Path:
    """Where imported models live; the folder may not exist yet."""
    override = os.environ.get("RS_DINO_MODELS")
    if override:
        return Path(override)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))) / "RS-DINO" / "models"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "RS-DINO" / "models"
    return Path(os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")) / "rs-dino" / "models"


def list_models() -> List[FoundModel]:
    """Embedded and imported models by name; of two with one name the imported one counts. Folders whose
    ``model.json`` cannot be read are left out (:func:`find_model` says why)."""
    found: Dict[str, FoundModel] = {}
    for name, (folder, origin) in _folders().items():
        try:
            found[name] = _from_folder(folder, origin)
        except UserError:
            continue
    return [found[name] for name in sorted(found)]


def find_model(name_or_path: str, head: Optional[str] = None) -> FoundModel:
    """The model of that name, or in that folder or file. Reads no weights.

    A name wins over a file of the same name in the current folder; write ``./name`` for the file. ``head`` is
    a file with the head that belongs to a backbone. Raises ``UserError`` with one sentence.
    """
    found = _find(name_or_path, Path(head) if head else None)
    if head is not None and found.head is None:
        raise UserError("head-not-taken", model=found.spec.title)
    return found


def import_model(path: str, name: Optional[str] = None, head: Optional[str] = None) -> FoundModel:
    """Copy a model folder, checkpoint or ONNX file into the library, as a model folder, and return it."""
    return import_found(find_model(path, head), name)


def import_found(source: FoundModel, name: Optional[str] = None) -> FoundModel:
    """The same for a model that was found already."""
    spec = source.spec if name is None else source.spec.model_copy(update={"name": checked_name(name)})
    target = library_folder() / spec.name
    if target.exists():
        raise UserError("model-exists", name=spec.name)
    if spec.runtime == "onnx":
        from .onnx_file import external_files

        write_onnx_folder(target, spec, source.weights, external_files(source.weights))
    else:
        from .load import read_state

        write_torch_folder(target, spec, read_state(source))
    return _from_folder(target, "library", source.notes)


def checked_name(name: str) -> str:
    """``name``, when it can be a model's name (and a folder's on every system)."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise UserError("model-name", name=name)
    return name


def name_from_path(path: Path) -> str:
    """A model name made out of a file's name: what cannot stand in a name becomes a dash."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")
    return name or "model"


def _folders() -> Dict[str, Tuple[Path, str]]:
    result: Dict[str, Tuple[Path, str]] = {}
    for root, origin in ((EMBEDDED, "embedded"), (library_folder(), "library")):
        if root.is_dir():
            for folder in sorted(root.iterdir()):
                if (folder / SPEC_FILE).is_file():
                    result[folder.name] = (folder, origin)
    return result


def _find(name_or_path: str, head: Optional[Path]) -> FoundModel:
    folders = _folders()
    if name_or_path in folders:
        return _with_head(_from_folder(*folders[name_or_path]), head)
    if name_or_path.startswith(_TIMM):
        return _from_timm(name_or_path, folders)
    path = Path(name_or_path).expanduser()
    suffix = path.suffix.lower()
    if path.is_dir() and not (path / SPEC_FILE).exists():
        if _is_published(path):
            return _from_published(path, head)
        path = _only_weights(path) or path
        suffix = path.suffix.lower()
    if path.is_dir():
        return _with_head(_from_folder(path, "folder"), head)
    if path.is_file():
        return _from_file(path, suffix, head)
    if suffix in CHECKPOINT_SUFFIXES or suffix == ".onnx":
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UserError("model-file-missing", path=str(path), hint=did_you_mean(path.name, siblings))
    known = ", ".join(sorted(folders)) or "none"
    raise UserError("model-unknown", name=name_or_path, known=known, hint=did_you_mean(name_or_path, list(folders)))


def _from_timm(text: str, folders: Dict[str, Tuple[Path, str]]) -> FoundModel:
    """A network of timm by its name, when its weights were imported; nothing is fetched here."""
    from .timm_names import library_names, not_here, read_name

    name = read_name(text)
    for known in library_names(name):
        if known in folders:
            return _from_folder(*folders[known])
    raise not_here(name)


def did_you_mean(name: str, known: List[str]) -> str:
    """The end of a sentence: a name that is nearly this one, or nothing."""
    lowered = {k.lower(): k for k in known}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return f" Did you mean {lowered[close[0]]}?" if close else ""


def _from_folder(folder: Path, origin: str, notes: Tuple[Message, ...] = ()) -> FoundModel:
    spec = read_spec(inside(folder, SPEC_FILE))
    return FoundModel(spec, folder, inside(folder, WEIGHTS_FILES[spec.runtime]), origin, notes=notes)


def _with_head(found: FoundModel, head: Optional[Path]) -> FoundModel:
    """A backbone of ours and a canopy-height head that is a file of its own; any other model as it is."""
    network = found.spec.network
    if head is None or network.get("kind") != "dinov3" or network.get("head") is not None:
        return found
    from .checkpoints import with_canopy_head
    from .weights import SafetensorsFile

    spec = with_canopy_head(found.spec, SafetensorsFile(found.weights).state, head).spec
    return replace(found, spec=spec.model_copy(update={"sha256": found.spec.sha256}), head=head)


def _only_weights(folder: Path) -> Optional[Path]:
    """The one checkpoint of a folder that is a model; where none is, the one that might be. None in a model folder of
    ours that was not finished. Raises ``UserError`` naming them when there are several."""
    from .checkpoints import is_model, is_own

    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.is_file() and entry.name[:1] != ".")
    except OSError:
        return None
    files = [entry for entry in entries if entry.suffix.lower() in CHECKPOINT_SUFFIXES]
    if any(file.name == WEIGHTS_FILES["torch"] and is_own(file) for file in files):
        return None
    models = [file for file in files if is_model(file)]
    if len(models) > 1:
        raise UserError("model-folder-several", folder=str(folder), files=", ".join(file.name for file in models))
    found = models or files
    return found[0] if len(found) == 1 else None


def _is_published(folder: Path) -> bool:
    """A folder as hubs publish it: safetensors files with a description that is not ours."""
    told = any((folder / name).exists() for name in _PUBLISHED_WITH)
    return told and any(folder.glob("*.safetensors"))


def _from_published(path: Path, head: Optional[Path]) -> FoundModel:
    """A checkpoint: a file, or a folder of several."""
    from .checkpoints import convert_file

    converted = convert_file(path, head)
    return FoundModel(converted.spec, path, path, "file", head=head, notes=converted.notes)


def _from_file(path: Path, suffix: str, head: Optional[Path]) -> FoundModel:
    if path.name.endswith(".safetensors.index.json"):
        return _from_published(path.parent, head)
    if path.name == SPEC_FILE:
        return _from_folder(path.parent, "folder")
    if path.name in WEIGHTS_FILES.values() and (path.parent / SPEC_FILE).is_file():
        return _from_folder(path.parent, "folder")
    if suffix == ".onnx":
        from .onnx_spec import describe_onnx

        described = describe_onnx(path)
        return FoundModel(described.spec, path, path, "file", notes=described.notes)
    if suffix not in CHECKPOINT_SUFFIXES:
        raise UserError("model-file-kind", path=str(path))
    return _from_published(path, head)
