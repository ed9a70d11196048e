"""From a found model to one that runs."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional

from ..errors import UserError
from ..messages import Message
from .folder import check_sha256
from .library import FoundModel
from .networks import build
from .runtime import LoadedModel
from .spec import ModelSpec
from .weights import SafetensorsFile, StateDict, StoredTensor, one_line

if TYPE_CHECKING:
    from torch import nn


def load_model(found: FoundModel) -> LoadedModel:
    """Load a model onto the CPU. Raises ``UserError`` when its file and its description do not fit."""
    check_sha256(found.weights, found.spec.sha256)
    if found.spec.runtime == "onnx":
        from .onnx_model import OnnxModel

        return OnnxModel(found.spec, found.weights)
    from .torch_model import TorchModel

    network = build_network(found.spec)
    fill(network, read_state(found), found.weights, str(found.spec.network.get("kind")))
    return TorchModel(found.spec, network)


def device_problem(found: FoundModel, device: str) -> Optional[Message]:
    """Why a model cannot run on a torch device that is there, or None. Only ONNX models can be so limited: where
    the device was chosen automatically take the CPU and say this message, else raise it."""
    if found.spec.runtime != "onnx":
        return None
    from . import onnx_session

    return onnx_session.device_problem(device)


def read_state(found: FoundModel) -> StateDict:
    """The weights of a torch model, under the names of its network; nothing is read before it is asked for."""
    if found.origin != "file":
        state = SafetensorsFile(found.weights).state
        if found.head is None:
            return state
        from .checkpoints import with_canopy_head

        return with_canopy_head(found.spec, state, found.head).state
    from .checkpoints import convert_file

    return convert_file(found.weights, found.head).state


def build_network(spec: ModelSpec) -> "nn.Module":
    """The network a spec names, with fresh weights; its bands and classes must be those of the spec."""
    with describing(spec) as network:
        return build(network)


@contextmanager
def describing(spec: ModelSpec) -> Iterator[Dict[str, Any]]:
    """A spec's ``network`` with its bands and classes, to build from; what goes wrong meanwhile is a ``UserError``
    about the description."""
    network = dict(spec.network)
    wanted: Dict[str, Any] = {"bands": len(spec.input.bands), "classes": spec.output.channels}
    for key, value in wanted.items():
        if network.setdefault(key, value) != value:
            reason = f"{key} is {network[key]} there and {value} in the rest of its model.json"
            raise UserError("network-arguments", model=spec.title, kind=str(network.get("kind")), reason=reason)
    try:
        yield network
    except (TypeError, ValueError) as error:
        raise UserError(
            "network-arguments", model=spec.title, kind=str(network.get("kind")), reason=one_line(error)
        ) from error


def fill(network: "nn.Module", state: StateDict, path: Path, kind: str) -> None:
    """Copy weights into a network, one tensor at a time; names and shapes must be exactly the network's."""
    import torch

    targets = network.state_dict()
    problems = _mismatches({k: tuple(v.shape) for k, v in targets.items()}, state)
    if problems:
        shown = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
        raise UserError("network-mismatch", detail="\n".join(problems), path=str(path), kind=kind, reason=shown)
    with torch.no_grad():
        for name, target in targets.items():
            target.copy_(state[name].load())


def _mismatches(targets: "Dict[str, tuple[int, ...]]", state: "Dict[str, StoredTensor] | StateDict") -> List[str]:
    problems = [f"{name} is missing" for name in targets if name not in state]
    problems += [f"{name} is not part of the network" for name in state if name not in targets]
    for name, shape in targets.items():
        if name in state and tuple(state[name].shape) != shape:
            problems.append(f"{name} is {_size(state[name].shape)} instead of {_size(shape)}")
    return problems


def _size(shape: "tuple[int, ...]") -> str:
    return " x ".join(str(side) for side in shape) or "a single number"
