"""Models that stay in memory between jobs, so that a warm worker does not load them again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Tuple

from .library import FoundModel, sha256_of
from .load import load_model
from .runtime import LoadedModel

Key = Tuple[str, str, str, str]


class ModelCache:
    """The ``keep`` models that were used last, by what they are (weights, head, description) and where they lie."""

    def __init__(self, keep: int = 2) -> None:
        self._keep = keep
        self._models: "OrderedDict[Key, LoadedModel]" = OrderedDict()
        self._lock = Lock()

    def get(self, found: FoundModel, device: str) -> LoadedModel:
        """The model on a torch device: the one in memory, or loaded now; raises as :func:`load_model` does."""
        key = _key(found, device)
        with self._lock:
            if key in self._models:
                self._models.move_to_end(key)
                return self._models[key]
            while len(self._models) >= self._keep:  # before loading, so that there is room
                self._models.popitem(last=False)
            model = load_model(found)
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
