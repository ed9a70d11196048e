"""One model on devices: its weights, its answer to the synthetic picture, its speed."""

from __future__ import annotations

from typing import Any, Dict, List

from ..devices import Device
from ..models.cache import MODELS
from ..models.library import FoundModel
from ..models.load import device_problem
from ..models.networks.dinov3.rope import make_periods
from ..models.networks.dinov3.sizes import VitSize, name_of
from ..models.official import named, official
from ..models.runtime import LoadedModel
from .arithmetic import limit_of
from .files import not_finite
from .fingerprint import distance, fingerprint
from .report import FAILED, NOT_RUN, PASSED, Check, Report
from .speed import forward_speed

_PARAMETERS_M = 0.15
"""How far a count in millions may be off the published, rounded one."""


class Model:
    """Collects what is found of a model; :meth:`put` writes it into the report."""

    def __init__(self, found: FoundModel, report: Report) -> None:
        self._found, self._report = found, report
        self._facts: Dict[str, Any] = _facts(found)
        self._fingerprints: List[Dict[str, Any]] = []
        self._speed: List[Dict[str, Any]] = []

    def put(self) -> None:
        spec = self._found.spec
        about = {"model": spec.name, "title": spec.title, "facts": self._facts}
        self._report.put("models", {**about, "fingerprints": self._fingerprints, "speed": self._speed})

    def measure(self, device: Device) -> bool:
        """Weights (once), fingerprint and speed in every precision that jobs would use; False: it cannot run here."""
        name = f"{self._found.spec.name}, {device.name}"
        problem = device_problem(self._found, device.torch_device)
        if problem is not None:
            self._report.add(Check(name, NOT_RUN, problem.text))
            return False
        model = MODELS.get(self._found, device.torch_device)
        if "parameters" not in self._facts:
            self._weights(getattr(model, "network", None))
        for dtype in dict.fromkeys(["fp32", device.dtype]):
            self._answer(model, device, dtype)
            self._speed += forward_speed(model, device, dtype)
        return True

    def _weights(self, network: Any) -> None:
        if network is None:
            self._facts["parameters"] = "not known of ONNX models"
            return
        self._facts["parameters"] = sum(p.numel() for p in network.parameters())
        bad = not_finite(network.state_dict())
        said = f"{bad[0]} holds values that are no numbers." if bad else "All weights are numbers."
        self._report.add(Check(f"weights of {self._found.spec.name}", FAILED if bad else PASSED, said))
        backbone = getattr(network, "backbone", None)
        rope = getattr(backbone, "rope", None)
        if rope is not None:
            self._facts["rope periods"] = _periods(rope)
            self._count(backbone)

    def _count(self, backbone: Any) -> None:
        """Beside the published number, where a file of that name or hash was given."""
        file = self._found.weights.name
        by_hash = [f["official"] for f in self._report.parts.get("files", []) if f["file"] == file and "official" in f]
        entry = official(by_hash[0]) if by_hash else named(file)
        if entry is None or entry.head_of is not None:
            return
        millions = sum(p.numel() for p in backbone.parameters()) / 1e6
        fits = abs(millions - entry.parameters_m) <= max(_PARAMETERS_M, entry.parameters_m * 1e-3)
        said = f"{millions:.2f} million; {entry.title} has {entry.parameters_m:g} million."
        self._report.add(Check(f"parameters of {self._found.spec.name}", PASSED if fits else FAILED, said))

    def _answer(self, model: LoadedModel, device: Device, dtype: str) -> None:
        """Against the processor's float32, where that was measured before."""
        found = fingerprint(model, device, dtype)
        reference = next((f for f in self._fingerprints if (f["device"], f["dtype"]) == ("cpu", "fp32")), None)
        self._fingerprints.append(found)
        name = f"features of {self._found.spec.name}, {device.name} {dtype}"
        if not found["finite"]:
            self._report.add(Check(name, FAILED, "Some are no numbers."))
        elif reference is None:
            said = f"{' × '.join(str(s) for s in found['shape'])}, mean {found['mean']:g}, spread {found['std']:g}."
            varied = found["std"] > 0
            self._report.add(Check(name, PASSED if varied else FAILED, said))
        else:
            off, limit = distance(reference, found), limit_of(device.name, dtype)
            said = f"differs by {off:.1e} from the processor's; at most {limit:.0e} is allowed."
            figures = {"relative": off, "limit": limit}
            self._report.add(Check(name, PASSED if off <= limit else FAILED, said, figures))


def _facts(found: FoundModel) -> Dict[str, Any]:
    spec = found.spec
    facts: Dict[str, Any] = {"task": spec.task, "bands": [b.name for b in spec.input.bands]}
    facts.update(mean=spec.input.mean, std=spec.input.std, gsd_m=spec.input.gsd_m, window_px=spec.input.window_px)
    if spec.network.get("kind") == "dinov3":
        facts["backbone"] = name_of(VitSize(**spec.network["backbone"])) or "of a size of its own"
    facts["notes"] = [note.text for note in found.notes]
    return {k: v for k, v in facts.items() if v not in (None, [])}


def _periods(rope: Any) -> str:
    """Published files are said to hold them rounded; nobody who writes this has one."""
    import torch

    held = rope.periods.detach().float().cpu()
    fresh = make_periods(4 * len(held))
    if torch.equal(held, fresh):
        return "as the formula gives them"
    if torch.equal(held, fresh.to(torch.bfloat16).float()):
        return "rounded to bfloat16"
    return f"others, by up to {float((held - fresh).abs().max()):.3g}"
