"""What the given files are: hash, size and layout, beside what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from ..errors import UserError
from ..models.checkpoints import open_checkpoint, recognize
from ..models.folder import SPEC_FILE, read_spec, sha256_of
from ..models.library import CHECKPOINT_SUFFIXES
from ..models.official import SIZE_TOLERANCE, Official, named, recognised
from .report import FAILED, NOT_RUN, PASSED, Check, Report

_WEIGHTS = (*CHECKPOINT_SUFFIXES, ".onnx")


def examine(path: Path, report: Report) -> None:
    """Every weights file of a model that is a file or a folder."""
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in _WEIGHTS) if path.is_dir() else [path]
    stated = _stated(path if path.is_dir() else path.parent)
    for file in files:
        _examine(file, stated, report)


def _examine(file: Path, stated: Optional[str], report: Report) -> None:
    sha256, size_mb = sha256_of(file), file.stat().st_size / 2**20
    by_hash, by_name = recognised(sha256), named(file.name)
    report.put("files", _entry(file, sha256, by_hash))
    report.add(_hash_check(file.name, sha256, by_hash, by_name, stated))
    if by_hash or by_name:
        report.add(_size_check(file.name, size_mb, by_hash or by_name))
    if file.suffix.lower() != ".onnx":
        report.add(_layout_check(file))


def _entry(file: Path, sha256: str, found: Optional[Official]) -> Dict[str, Any]:
    entry: Dict[str, Any] = {"file": file.name, "bytes": file.stat().st_size, "sha256": sha256}
    return {**entry, "official": found.name, "title": found.title} if found else entry


def _hash_check(
    file: str, sha256: str, by_hash: Optional[Official], by_name: Optional[Official], stated: Optional[str]
) -> Check:
    name = f"hash of {file}"
    if by_hash is not None:
        return Check(name, PASSED, f"It is {by_hash.title}, as published ({by_hash.file}).")
    if by_name is not None:
        said = (
            f"Its name says {by_name.title}, whose sha256 begins with {by_name.hash8}; this one begins with "
            f"{sha256[:8]}: it is damaged, incomplete or another file."
        )
        return Check(name, FAILED, said)
    if stated is not None:
        same = sha256 == stated
        return Check(name, PASSED if same else FAILED, f"It is {'' if same else 'not '}what its model.json states.")
    return Check(name, NOT_RUN, "No hash was published for this file; it is told by what it holds.")


def _size_check(file: str, size_mb: float, entry: Optional[Official]) -> Check:
    assert entry is not None
    share = size_mb / entry.size_mb
    said = f"{size_mb:.0f} MB; {entry.title} has about {entry.size_mb:.0f} MB."
    fits = abs(share - 1) <= SIZE_TOLERANCE
    return Check(f"size of {file}", PASSED if fits else FAILED, said, {"mb": round(size_mb, 1)})


def _layout_check(file: Path) -> Check:
    name = f"contents of {file.name}"
    try:
        checkpoint = open_checkpoint(file)
    except UserError as error:
        return Check(name, FAILED, error.message.text)
    found = recognize(checkpoint)
    title = "a model of this engine" if found is None and (file.parent / SPEC_FILE).exists() else None
    title = title or (found.title if found else "of a network that is not known here")
    tensors = len(checkpoint.state)
    return Check(name, PASSED, f"{tensors} tensors, {title}.", {"tensors": tensors, "layout": title})


def _stated(folder: Path) -> Optional[str]:
    try:
        return read_spec(folder / SPEC_FILE).sha256 if (folder / SPEC_FILE).is_file() else None
    except UserError:
        return None


def not_finite(state: Dict[str, Any]) -> List[str]:
    """Names of the tensors that hold a value that is no number."""
    import torch

    return [n for n, t in state.items() if t.is_floating_point() and not bool(torch.isfinite(t).all())]
