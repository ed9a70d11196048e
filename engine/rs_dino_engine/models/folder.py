"""The model folder: ``model.json`` (a ModelSpec) and beside it ``model.safetensors`` or ``model.onnx``.

File names are fixed; nothing that stands in a file is ever used as a path.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Optional, Union

from pydantic import ValidationError

from ..errors import UserError
from .spec import ModelSpec
from .weights import StoredTensor, one_line, write_safetensors

if TYPE_CHECKING:
    import torch

SPEC_FILE = "model.json"
WEIGHTS_FILES = {"torch": "model.safetensors", "onnx": "model.onnx"}
SPEC_LIMIT_BYTES = 4 * 2**20
_CHUNK_BYTES = 2**20


def read_spec(path: Path) -> ModelSpec:
    """Read a ``model.json``; raises ``UserError`` with the first thing that is wrong with it."""
    try:
        if path.stat().st_size > SPEC_LIMIT_BYTES:
            raise UserError("model-json-unreadable", path=str(path), reason="it is far too large")
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError("model-json-unreadable", path=str(path), reason=one_line(error)) from error
    return parse_spec(document, str(path))


def parse_spec(document: object, source: str) -> ModelSpec:
    """A ModelSpec out of a JSON document; ``source`` names it in the error's sentence."""
    try:
        return ModelSpec.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise UserError("model-json-invalid", detail=str(error), path=source, reason=reason) from error


def inside(folder: Path, name: str) -> Path:
    """The file ``name`` of a model folder; raises ``UserError`` when it is absent or a link that leads outside."""
    path = folder / name
    if not path.is_file():
        raise UserError("model-folder-incomplete", folder=str(folder), file=name)
    if path.resolve().parent != folder.resolve():
        raise UserError("model-outside-folder", path=str(path))
    return path


def sha256_of(path: Path) -> str:
    """The sha256 of a file, or of those of all safetensors files of a folder, in hexadecimal."""
    digest = hashlib.sha256()
    if path.is_dir():
        for part in sorted(path.glob("*.safetensors")):
            digest.update(sha256_of(part).encode("ascii"))
        return digest.hexdigest()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""):
            digest.update(chunk)
    return digest.hexdigest()


def check_sha256(path: Path, wanted: Optional[str]) -> None:
    """Raise ``UserError`` when a file is not the one that is meant; ``wanted`` None checks nothing."""
    if wanted is not None and sha256_of(path) != wanted.lower():
        raise UserError("model-altered", path=str(path))


def write_torch_folder(
    folder: Path, spec: ModelSpec, state: "Mapping[str, Union[torch.Tensor, StoredTensor]]", half: bool = False
) -> ModelSpec:
    """Write a model folder whole or not at all; ``half`` stores floats as fp16. Returns the spec with its sha256.

    The weights file also carries the spec in its header, so that it can be used alone. An existing model of
    that folder is replaced at once.
    """
    spec = spec.model_copy(update={"runtime": "torch", "sha256": None})
    header = {"format": "pt", "rs_dino_model": json.dumps(spec.model_dump(mode="json", exclude_none=True))}
    with _Staged(folder) as staged:
        write_safetensors(staged / WEIGHTS_FILES["torch"], state, header, half)
        return _finish(staged, spec)


def write_onnx_folder(folder: Path, spec: ModelSpec, source: Path, external: Mapping[str, Path]) -> ModelSpec:
    """Write a model folder around an ONNX file and the files ``external`` beside it; whole or not at all."""
    hashes = {name: sha256_of(path) for name, path in external.items()}
    network = {k: v for k, v in spec.network.items() if k != "external_data"}
    if hashes:
        network["external_data"] = hashes
    with _Staged(folder) as staged:
        shutil.copyfile(str(source), str(staged / WEIGHTS_FILES["onnx"]))
        for name, path in external.items():
            shutil.copyfile(str(path), str(staged / name))
        return _finish(staged, spec.model_copy(update={"runtime": "onnx", "network": network}))


def _finish(staged: Path, spec: ModelSpec) -> ModelSpec:
    spec = spec.model_copy(update={"sha256": sha256_of(staged / WEIGHTS_FILES[spec.runtime])})
    spec.write(staged)
    return spec


class _Staged:
    """A temporary folder that becomes ``folder`` when nothing went wrong, and vanishes otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Path:
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._staged = Path(tempfile.mkdtemp(prefix=".model-", dir=str(self._folder.parent)))
        except OSError as error:
            raise UserError("model-folder-write", folder=str(self._folder), reason=one_line(error)) from error
        return self._staged

    def __exit__(self, kind: object, error: Optional[BaseException], trace: object) -> None:
        try:
            if error is None:
                self._publish()
        except OSError as failure:
            raise UserError("model-folder-write", folder=str(self._folder), reason=one_line(failure)) from failure
        finally:
            shutil.rmtree(str(self._staged), ignore_errors=True)
        if isinstance(error, OSError):
            raise UserError("model-folder-write", folder=str(self._folder), reason=one_line(error)) from error

    def _publish(self) -> None:
        """Move the staged files over; ``model.json`` last, so that an unfinished folder is never taken for a model."""
        self._staged.chmod(0o755)  # mkdtemp makes it private
        if not self._folder.exists():
            self._staged.replace(self._folder)
            return
        (self._folder / SPEC_FILE).unlink(missing_ok=True)
        names = sorted((p.name for p in self._staged.iterdir()), key=lambda name: name == SPEC_FILE)
        for name in names:
            (self._staged / name).replace(self._folder / name)
