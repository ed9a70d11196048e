"""Models that stand on one backbone, joined: the backbone is in memory once and runs once for all of them.

They are joined when their backbones are the same, size and weights, and when pixels are prepared for them in the same
way. Weights that are stored in 16 bits count as the same when they are the others, rounded.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence

import torch

from ..errors import UserError
from ..messages import Message, message
from .folder import check_sha256
from .library import FoundModel
from .load import describing, fill, read_state
from .networks.dinov3 import head_of
from .networks.dinov3.joined import Joined
from .networks.dinov3.sizes import VitSize
from .networks.dinov3.vit import Vit
from .networks.with_head import Head, common_multiple
from .spec import InputSpec, ModelSpec
from .torch_model import for_inference, in_its_unit, laid_out
from .weights import StateDict, StoredTensor

KIND = "dinov3"
_BACKBONE, _HEAD = "backbone.", "head."
_MEAN_TOLERANCE = 1e-6


class JoinedModel:
    """Models of one backbone in memory. ``models`` are their faces: each is a LoadedModel of its own, and while
    :meth:`sharing` lasts they use one pass of the backbone for the same windows."""

    def __init__(self, specs: Sequence[ModelSpec], network: Joined, notes: Sequence[Message] = ()) -> None:
        self.network = for_inference(network)
        self.models = [Face(self, number, spec) for number, spec in enumerate(specs)]
        self.notes = tuple(notes)
        self._held = threading.local()

    def to(self, device: str) -> None:
        """Move the weights to a torch device string."""
        self.network.to(torch.device(device))

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """In this thread, levels of a tensor of windows are kept for the next face that is given that very tensor."""
        self._held.shared = {}
        try:
            yield
        finally:
            self._held.shared = None

    def run(self, number: int, windows: torch.Tensor) -> torch.Tensor:
        """The output of one face."""
        shared: Optional[Dict[str, Any]] = getattr(self._held, "shared", None)
        with torch.no_grad():
            if shared is None:
                seen = laid_out(windows)
                raw = self.network.output(number, self.network.levels(seen, number), seen)
            else:
                if shared.get("windows") is not windows:
                    seen = laid_out(windows)
                    shared.update(windows=windows, seen=seen, levels=self.network.levels(seen))
                raw = self.network.output(number, shared["levels"], shared["seen"])
            return in_its_unit(raw, self.models[number].spec)


class Face:
    """One of the models of a joined one, as if it stood alone; see :class:`.runtime.LoadedModel`."""

    def __init__(self, joined: JoinedModel, number: int, spec: ModelSpec) -> None:
        self.spec = spec
        self._joined, self._number = joined, number

    def to(self, device: str) -> None:
        self._joined.to(device)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> raw channels."""
        return self._joined.run(self._number, windows)


def fitting_specs(specs: Sequence[ModelSpec], own_window: bool, own_overlap: bool) -> List[ModelSpec]:
    """The specs of models that are joined, with windows that suit all of them: sides are multiples of every stride.

    ``own_window``, ``own_overlap``: the person has chosen them, so those of the models need not agree. Raises
    ``UserError`` naming the first model that does not fit and why.
    """
    first = specs[0]
    for spec in specs:
        if spec.runtime != "torch" or spec.network.get("kind") != KIND:
            raise UserError("maps-no-backbone", model=spec.title, task=spec.task)
    for spec in specs[1:]:
        _check_fits(first, spec)
        for code, ours, theirs, chosen in (
            ("maps-window", first.input.window_px, spec.input.window_px, own_window),
            ("maps-overlap", first.input.overlap_px, spec.input.overlap_px, own_overlap),
        ):
            if ours != theirs and not chosen:
                raise UserError(code, model=spec.title, first=first.title, wanted=theirs, first_wanted=ours)
    stride = 1
    for spec in specs:
        stride = common_multiple(stride, spec.input.stride_px)
    window = -(-first.input.window_px // stride) * stride
    common = {
        "stride_px": stride,
        "window_px": window,
        "overlap_px": first.input.overlap_px,
        "receptive_radius_px": _widest([spec.input.receptive_radius_px for spec in specs]),
        "margin_px": _widest([spec.input.margin_px for spec in specs]),
    }
    return [spec.model_copy(update={"input": spec.input.model_copy(update=common)}) for spec in specs]


def _widest(lengths_px: Sequence[Optional[int]]) -> Optional[int]:
    """None where one of them is not known."""
    known = [length for length in lengths_px if length is not None]
    return max(known) if len(known) == len(lengths_px) else None


def _check_fits(first: ModelSpec, spec: ModelSpec) -> None:
    said = {"model": spec.title, "first": first.title, "task": spec.task}
    ours, theirs = first.input, spec.input
    if _size(first) != _size(spec):
        raise UserError("maps-backbone", **said)
    if _bands(ours) != _bands(theirs):
        raise UserError("maps-bands", bands=_bands(theirs), first_bands=_bands(ours), **said)
    for name in ("mean", "std"):
        mine, other = getattr(ours, name), getattr(theirs, name)
        if any(abs(a - b) > _MEAN_TOLERANCE for a, b in zip(mine, other)):
            values, first_values = (", ".join(f"{v:g}" for v in given) for given in (other, mine))
            either = "features" in (first.output.kind, spec.output.kind)
            code = "maps-normalisation-features" if either else "maps-normalisation"
            raise UserError(code, what=name, values=values, first_values=first_values, **said)
    for name in ("values", "quantity", "integer_scale"):
        if getattr(ours, name) != getattr(theirs, name):
            pair = {"values": str(getattr(theirs, name)), "first_values": str(getattr(ours, name))}
            raise UserError("maps-normalisation", what=name.replace("_", " "), **pair, **said)


def _size(spec: ModelSpec) -> VitSize:
    return VitSize(**spec.network["backbone"])


def _bands(model_input: InputSpec) -> str:
    return ", ".join(band.name for band in model_input.bands)


def load_joined(found: Sequence[FoundModel], specs: Sequence[ModelSpec]) -> JoinedModel:
    """Load models onto the CPU, their backbone once; ``specs`` as :func:`fitting_specs` gives them. Raises
    ``UserError`` when their backbones differ, or a file and its description do not fit."""
    for one in found:
        check_sha256(one.weights, one.spec.sha256)
    states = [_split(read_state(one)) for one in found]
    leader = max(range(len(found)), key=lambda number: (_whole(states[number]), -number))
    notes = []
    for one, state in zip(found, states):
        if state is states[leader]:
            continue
        if _compare(found[leader], states[leader], one, state):
            notes.append(message("maps-rounded", model=one.spec.title, first=found[leader].spec.title))
    size = _size(specs[0])
    backbone = Vit(size, len(specs[0].input.bands))
    heads = [_head(spec) for spec in specs]
    network = Joined(backbone, heads)
    fill(backbone, states[leader].backbone, found[leader].weights, KIND)
    for head, one, state in zip(heads, found, states):
        if head.module is not None:
            fill(head.module, state.head, one.head or one.weights, KIND)
    return JoinedModel(specs, network, notes)


def _head(spec: ModelSpec) -> Head:
    with describing(spec) as network:
        return head_of(network)


class _Split(NamedTuple):
    """A model's weights under the names that its parts have."""

    backbone: Dict[str, StoredTensor]
    head: Dict[str, StoredTensor]


def _split(state: StateDict) -> _Split:
    backbone = {name[len(_BACKBONE) :]: state[name] for name in state if name.startswith(_BACKBONE)}
    rest = [name for name in state if not name.startswith(_BACKBONE)]
    return _Split(backbone, {name[len(_HEAD) :] if name.startswith(_HEAD) else name: state[name] for name in rest})


def _whole(state: _Split) -> bool:
    """Whether the backbone is stored as it was trained, not rounded to 16 bits."""
    return all(tensor.dtype not in ("float16", "bfloat16") for tensor in state.backbone.values())


def _compare(first: FoundModel, ours: _Split, other: FoundModel, theirs: _Split) -> bool:
    """Compare two backbones tensor by tensor; True when the other is the first, rounded. Raises ``UserError``."""
    rounded = False
    for name in sorted({*ours.backbone, *theirs.backbone}):
        if name not in ours.backbone or name not in theirs.backbone:
            raise UserError("maps-weights", model=other.spec.title, first=first.spec.title, task=other.spec.task)
        mine, stored = ours.backbone[name].load(), theirs.backbone[name].load()
        if mine.dtype == stored.dtype and torch.equal(mine, stored):
            continue
        if not _is_rounding(mine, stored):
            raise UserError("maps-weights", model=other.spec.title, first=first.spec.title, task=other.spec.task)
        rounded = True
    return rounded


def _is_rounding(mine: torch.Tensor, stored: torch.Tensor) -> bool:
    """Whether values stored in 16 bits are those of ``mine``: at most one step of their type away."""
    if mine.shape != stored.shape or stored.dtype not in (torch.float16, torch.bfloat16):
        return bool(mine.shape == stored.shape and torch.equal(mine.float(), stored.float()))
    steps = torch.finfo(stored.dtype)
    a, b = mine.float(), stored.float()
    return bool(((a - b).abs() <= steps.eps * a.abs() + steps.tiny * steps.eps).all())
