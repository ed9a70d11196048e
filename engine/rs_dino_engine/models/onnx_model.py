"""An ONNX model behind the LoadedModel interface."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Optional

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch.nn import functional
from typing_extensions import Literal

from ..errors import EngineError, UserError
from .folder import check_sha256
from .onnx_file import external_files
from .onnx_session import Session
from .spec import ModelSpec

Layout = Literal["nchw", "nhwc", "nhw"]


class OnnxNetwork(BaseModel):
    """``network`` of an ONNX model's spec: how its graph is fed and read."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    output: str = Field(description="name of the output that is used")
    input_layout: Layout = "nchw"
    output_layout: Layout = Field(default="nchw", description="nhw: one channel without an axis of its own")
    labels: bool = Field(default=False, description="the output holds class numbers, not a channel a class")
    scale: float = Field(default=1.0, description="the output is multiplied by it")
    border_px: int = Field(default=0, ge=0, description="the output is smaller by this much on each side")
    external_data: Dict[str, str] = Field(default_factory=dict, description="sha256 of files with weights beside it")

    @classmethod
    def of(cls, spec: ModelSpec) -> "OnnxNetwork":
        """The settings in a spec; raises ``UserError`` when they are not understood."""
        try:
            return cls.model_validate({k: v for k, v in spec.network.items() if k != "kind"})
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}"
            raise UserError("network-arguments", model=spec.title, kind="onnx", reason=reason) from error


class OnnxModel:
    """Runs through onnxruntime; nothing is held on the device before :meth:`to` or the first call."""

    def __init__(self, spec: ModelSpec, path: Path) -> None:
        """Raises ``UserError`` when the file reaches outside its folder or is not the one its spec describes."""
        self.spec = spec
        self._path = path
        self._network = OnnxNetwork.of(spec)
        for name, file in external_files(path).items():
            check_sha256(file, self._network.external_data.get(name))
        self._session: Optional[Session] = None

    def to(self, device: str) -> None:
        """Open the model on a torch device (``cpu``, ``cuda:0``); ``UserError`` where onnxruntime cannot use it."""
        self._session = Session(self._path, device)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> raw channels; see :class:`.runtime.LoadedModel`."""
        if self._session is None:
            self._session = Session(self._path)
        side = self.spec.input.window_px
        if self.spec.input.window_fixed and tuple(windows.shape[2:]) != (side, side):
            given = f"{windows.shape[2]} x {windows.shape[3]}"
            raise EngineError("onnx-window", model=self.spec.title, wanted=side, given=given)
        border = self._network.border_px
        if border and not self.spec.input.window_fixed:
            windows = functional.pad(windows, [border] * 4, mode="reflect")
        values = windows.detach().to("cpu", torch.float32).numpy()
        if self._network.input_layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        raw = channels_first(self._session.run(values, [self._network.output])[0], self._network.output_layout)
        result = torch.from_numpy(np.ascontiguousarray(raw))
        if self._network.labels:
            result = one_hot(result, self.spec.output.channels)
        result = result.to(windows.device, torch.float32)
        if self._network.scale != 1.0:
            result = result * self._network.scale
        if border and self.spec.input.window_fixed:
            # what the model does not give is hidden by the margin of the plan, except on the raster's own borders
            result = functional.pad(result, [border // self.spec.output.cell_px] * 4, mode="replicate")
        return result


def channels_first(raw: np.ndarray, layout: str) -> np.ndarray:
    """An output as ``(n, channels, h, w)``."""
    if layout == "nhwc":
        return raw.transpose(0, 3, 1, 2)
    return raw[:, None] if layout == "nhw" else raw


def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Class numbers ``(n, 1, h, w)`` -> ``(n, classes, h, w)`` of 0 and 1; numbers out of range become all 0."""
    numbers = torch.arange(classes, device=labels.device).view(1, -1, 1, 1)
    return (labels.to(torch.int64) == numbers).to(torch.float32)
