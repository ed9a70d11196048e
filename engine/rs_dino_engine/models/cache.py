"""Models that stay in memory between jobs, so that a warm worker does not load them again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Any, Callable, Sequence, Tuple

from .joined import JoinedModel, load_joined
from .library import FoundModel, sha256_of
from .load import load_model
from .runtime import LoadedModel
from .spec import ModelSpec

Key = Tuple[str, ...]


class ModelCache:
    """The ``keep`` models that were used last, by what they are (weights, head, description) and where they lie."""

    def __init__(self, keep: int = 2) -> None:
        self._keep = keep
        self._models: "OrderedDict[Key, Any]" = OrderedDict()
        self._lock = Lock()

    def get(self, found: FoundModel, device: str) -> LoadedModel:
        """The model on a torch device: the one in memory, or loaded now; raises as :func:`load_model` does."""
        model: LoadedModel = self._kept(_key(found, device), device, lambda: load_model(found))
        return model

    def get_joined(self, found: Sequence[FoundModel], specs: Sequence[ModelSpec], device: str) -> JoinedModel:
        """The same for models on one backbone; raises as :func:`load_joined` does."""
        described = [spec.model_dump_json() for spec in specs]
        key = tuple(part for one in found for part in _key(one, device)) + tuple(described)
        model: JoinedModel = self._kept(key, device, lambda: load_joined(found, specs))
        return model

    def _kept(self, key: Key, device: str, load: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
                return self._models[key]
            while len(self._models) >= self._keep:  # before loading, so that there is room
                self._models.popitem(last=False)
            model = load()
            model.to(device)
            self._models[key] = model
            return model

    def clear(self) -> None:
        """Let go of all models, so that another job can have the memory."""
        with self._lock:
            self._models.clear()

    def __len__(self) -> int:
        return len(self._models)


def _key(found: FoundModel, device: str) -> Key:
    description = hashlib.sha256(found.spec.model_dump_json().encode("utf-8")).hexdigest()
    head = sha256_of(found.head) if found.head else ""
    return found.sha256(), head, description, device


MODELS = ModelCache()
"""The models of this process."""


def clear() -> None:
    """Let go of the models of this process."""
    MODELS.clear()
