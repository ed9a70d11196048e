"""Getting published weights into the library: from a hub, a signed link, or a file that is already here."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

from ..errors import UserError
from .checkpoints import INDEX_FILE
from .download import download
from .folder import sha256_of
from .library import FoundModel, find_model, import_found, library_folder
from .official import FORM_PAGE, LICENCE, LICENCE_PAGE, Official, official
from .published import as_published, in_library
from .timm_names import PREFIX, TimmName, official_of, read_name, registered, unknown
from .weights import one_line

SOURCES = ("timm", "huggingface", "modelscope")
DOWNLOADS, ACCEPTED = ".downloads", "accepted-licences.json"
OPEN = ("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0")
"""Licences that ask for nothing but their name, as timm writes them; it is shown."""
_WHOLE = "model.safetensors"
_BESIDE = ("config.json", "preprocessor_config.json")
"""What says how pictures are normalised."""


class Way(NamedTuple):
    """How files are fetched; ``token``: Hugging Face's."""

    token: Optional[str]
    proxy: Optional[str]
    progress: Callable[[int, Optional[int]], None]
    check_cancel: Callable[[], None]


def get(name: str, source: Optional[str], accept: bool, way: Way) -> FoundModel:
    """Fetch or take a published model, check it, and import it under its name.

    ``name``: one of the published DINOv3 models, or ``timm:NAME``. ``source``: one of ``SOURCES`` (None: timm's copy
    where there is one), a link, or a file or folder here. A licence that is not an open one must have been accepted,
    now or before; that is recorded in the library. A head becomes a model together with its backbone; until that is
    in the library the head is kept, and the error says which to get first.
    """
    if name.startswith(PREFIX):
        wanted = read_name(name)
        of_dinov3 = official_of(wanted)
        if of_dinov3 is None:
            return _get_timm(wanted, source or "timm", accept, way)
        name = of_dinov3.name
    entry = official(name)
    _agree(entry.title, LICENCE, LICENCE_PAGE, accept)
    folder = library_folder() / DOWNLOADS / entry.name
    taken = _taken(entry, source, folder, way)
    try:
        found = as_published(_found(entry, taken, folder), entry)
    except UserError as error:
        if error.message.code == "official-other-model" and folder in (taken, taken.parent):
            _forget(folder)
        raise
    return _imported(found, entry.name, folder)


def _imported(found: FoundModel, name: str, folder: Path) -> FoundModel:
    imported = import_found(found, name)
    shutil.rmtree(str(folder), ignore_errors=True)
    return imported


def _forget(folder: Path) -> None:
    """Throw away what a hub gave, so that the next one is asked; a head that was kept stays."""
    for path in (*folder.glob("*.safetensors"), *folder.glob("*.json")):
        with suppress(OSError):
            path.unlink()


def _get_timm(wanted: TimmName, source: str, accept: bool, way: Way) -> FoundModel:
    """Weights of timm's list; where their licence is none of the open ones it must have been accepted."""
    from .timm_spec import DINOV3, NOT_STATED, licence_of

    config = registered(wanted)
    if not config:
        raise unknown(wanted)
    name = TimmName(wanted.architecture, str(config.get("tag") or ""))
    repository = config.get("hf_hub_id")
    if not repository or config.get("hf_hub_filename"):
        raise UserError("timm-not-published", name=name.full)
    licence = licence_of(config)
    page = f"https://huggingface.co/{repository}"
    if licence == DINOV3:
        _agree(name.full, LICENCE, LICENCE_PAGE, accept)
    elif licence == NOT_STATED:
        _agree(name.full, f"{NOT_STATED}: {page}", page, accept, "licence-on-page")
    elif licence not in OPEN:
        _agree(name.full, licence, page, accept)
    folder = library_folder() / DOWNLOADS / name.full
    if source in SOURCES:
        path = _from_hub(_address(source, repository), folder, way)
        return _imported(find_model(str(path)), name.full, folder)
    path = Path(source).expanduser()
    if not path.exists():
        raise UserError("official-source", source=source, known=", ".join(SOURCES), page=page)
    return _imported(find_model(str(path)), name.full, folder)


def _taken(entry: Official, source: Optional[str], folder: Path, way: Way) -> Path:
    """The file or folder that ``source`` means, fetched where it is not here. A head that was fetched before is there
    still: where no file is named it need not be fetched again."""
    kept = folder / entry.file
    if entry.head_of is not None and kept.exists() and (source is None or _is_link(source)):
        return kept
    source = source or ("timm" if entry.timm else "huggingface")
    if source in SOURCES:
        return _from_hub(_base(entry, source), folder, way)
    if _is_link(source):
        return _download(source, kept, entry.hash8, way)
    path = Path(source).expanduser()
    if not path.exists():
        raise UserError("official-source", source=source, known=", ".join(SOURCES), page=FORM_PAGE)
    _check_hash(entry, path)
    return path


def _is_link(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _check_hash(entry: Official, path: Path) -> None:
    """Meta's files are told by their hash; other layouts of the same weights have none."""
    if path.suffix.lower() == ".pth" and not sha256_of(path).startswith(entry.hash8):
        raise UserError("official-other-file", path=str(path), name=entry.name)


def _found(entry: Official, taken: Path, folder: Path) -> FoundModel:
    """The model in a file or folder; a head alone becomes one together with the backbone that it belongs to."""
    try:
        found = find_model(str(taken))
    except UserError as error:
        if entry.head_of is None or error.message.code != "head-without-backbone":
            raise
        head = Path(error.message.params["path"])
    else:
        if taken.is_dir() and found.weights.is_file():
            _check_hash(entry, found.weights)
        return found
    if taken.is_dir():
        _check_hash(entry, head)
    backbone = in_library(official(entry.head_of))
    if backbone is None:
        _keep(head, folder / entry.file)
        raise UserError("official-head", name=entry.name, backbone=entry.head_of)
    return find_model(str(backbone.path), str(head))


def _keep(head: Path, kept: Path) -> None:
    """Copy a head to where the next call finds it."""
    half = kept.with_name(kept.name + ".copy")
    try:
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(head), str(half))
            half.replace(kept)
    except OSError as error:
        raise UserError("model-folder-write", folder=str(kept.parent), reason=one_line(error)) from error
    finally:
        if half.exists():
            half.unlink()


def _base(entry: Official, source: str) -> str:
    """The address of the files of a published model; timm's copy lies on Hugging Face."""
    repository = entry.timm if source == "timm" else entry.hub
    if repository is None:
        raise UserError("official-source", source=source, known="huggingface, modelscope", page=FORM_PAGE)
    return _address(source, repository)


def _address(source: str, repository: str) -> str:
    """The address of a repository's files. ``HF_ENDPOINT`` and ``MODELSCOPE_ENDPOINT`` name mirrors."""
    if source == "modelscope":
        host = os.environ.get("MODELSCOPE_ENDPOINT", "https://modelscope.cn").rstrip("/")
        return f"{host}/models/{repository}/resolve/master"
    return f"{_hugging_face()}/{repository}/resolve/main"


def _hugging_face() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _from_hub(base: str, folder: Path, way: Way) -> Path:
    """The weights, in one file or several, and what lies beside them that we read."""
    names = _weight_files(base, folder, way)
    for name in names:
        if not (folder / name).exists():
            _fetch(base, name, folder, way)
    for name in _BESIDE:
        _optional(base, name, folder, way)
    return folder / _WHOLE if names == [_WHOLE] else folder


def _weight_files(base: str, folder: Path, way: Way) -> List[str]:
    index = folder / INDEX_FILE
    if not index.exists() and not _optional(base, INDEX_FILE, folder, way):
        return [_WHOLE]
    try:
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError("weights-unreadable", path=str(index), reason=type(error).__name__) from error
    if not all(isinstance(f, str) and Path(f).name == f and f.endswith(".safetensors") for f in files):
        raise UserError("weights-unreadable", path=str(index), reason="it names files elsewhere")
    return files


def _fetch(base: str, name: str, folder: Path, way: Way) -> Path:
    return _download(f"{base}/{name}", folder / name, None, way)


def _download(url: str, target: Path, sha256: Optional[str], way: Way) -> Path:
    """The token is Hugging Face's, or its mirror's, and nobody else is told it."""
    token = way.token if urlsplit(url).netloc == urlsplit(_hugging_face()).netloc else None
    return download(url, target, sha256, token, way.progress, way.check_cancel, way.proxy)


def _optional(base: str, name: str, folder: Path, way: Way) -> bool:
    """Fetch a file that need not be there."""
    if (folder / name).exists():
        return True
    try:
        _fetch(base, name, folder, way)
    except UserError as error:
        if error.message.code == "download-missing":
            return False
        raise
    return True


def _agree(title: str, licence: str, page: str, accept: bool, code: str = "licence-not-accepted") -> None:
    """Refuse until the licence was accepted; record when that was."""
    accepted = _accepted()
    if licence in accepted:
        return
    if not accept:
        raise UserError(code, model=title, licence=licence, page=page)
    path = library_folder() / ACCEPTED
    path.parent.mkdir(parents=True, exist_ok=True)
    accepted[licence] = {"page": page, "accepted": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    path.write_text(json.dumps(accepted, indent=1) + "\n", encoding="utf-8")


def is_accepted(licence: str) -> bool:
    """Whether the person has accepted it before."""
    return licence in _accepted()


def _accepted() -> Dict[str, Any]:
    try:
        found = json.loads((library_folder() / ACCEPTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
