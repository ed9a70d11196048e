"""onnxruntime, which is an extra: opened on exactly the device that is asked for, or refused with a sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Type

import numpy as np

from ..devices.onnx import ONNX_PACKAGES, ONNX_PROVIDERS
from ..errors import EngineError, UserError
from ..messages import Message, message
from .weights import one_line


class Runtime(NamedTuple):
    """The onnxruntime module and the exceptions that it raises."""

    module: Any
    errors: Tuple[Type[Exception], ...]


def runtime() -> Runtime:
    """Import onnxruntime; raises ``UserError`` with the command that installs it."""
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise UserError("onnx-missing", detail=str(error), command=_pip("onnxruntime")) from error
    found = [value for value in vars(state).values() if isinstance(value, type) and issubclass(value, Exception)]
    return Runtime(onnxruntime, tuple(found))


def device_problem(device: str) -> Optional[Message]:
    """Why onnxruntime cannot use a torch device, or None when it can. Raises ``UserError`` when it is not installed."""
    available = runtime().module.get_available_providers()
    kind = device.split(":")[0]
    if any(provider in available for provider in ONNX_PROVIDERS.get(kind, ())):
        return None
    command = _pip(ONNX_PACKAGES[kind]) if kind in ONNX_PACKAGES else "RS-DINO with a model that is not ONNX"
    return message("onnx-device", device=device, providers=", ".join(available), command=command)


class Session:
    """An ONNX model, opened on one device with as many threads as torch uses."""

    def __init__(self, path: Path, device: str = "cpu") -> None:
        """Raises ``UserError`` when the device cannot be used or the file is not sound."""
        self._runtime = runtime()
        problem = device_problem(device)
        if problem is not None:
            raise UserError(problem.code, **problem.params)
        provider, options = self._provider(device)
        try:
            self._session = self._runtime.module.InferenceSession(
                str(path), sess_options=self._options(), providers=[(provider, options)]
            )
        except self._runtime.errors as error:
            raise UserError("onnx-unreadable", detail=str(error), path=str(path), reason=one_line(error)) from error
        if self._session.get_providers()[0] != provider:  # onnxruntime falls back to the CPU with a log line only
            active = ", ".join(self._session.get_providers())
            command = _pip(ONNX_PACKAGES[device.split(":")[0]])
            raise UserError("onnx-device", device=device, providers=active, command=command)
        self._name = path.stem
        self.input = self._session.get_inputs()[0]
        self.input_dtype = np.dtype(_NUMPY_TYPES.get(self.input.type, "float32"))

    def _provider(self, device: str) -> Tuple[str, Dict[str, Any]]:
        kind, _, index = device.partition(":")
        available = self._runtime.module.get_available_providers()
        provider = next(name for name in ONNX_PROVIDERS[kind] if name in available)
        if kind == "cpu":
            # blocks are kept (windows have one size, so memory stays flat, and a third of the time is saved where
            # the system would hand out fresh pages each time), but not rounded up to powers of two
            return provider, {"arena_extend_strategy": "kSameAsRequested"}
        return provider, {"device_id": int(index or 0)}

    def _options(self) -> Any:
        import torch

        options = self._runtime.module.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors; what goes wrong is raised anyway
        # waiting threads must not take the time of those that read and write
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return options

    def run(self, values: np.ndarray, outputs: Optional[List[str]] = None) -> List[np.ndarray]:
        """Run the model on an array that has the shape and layout it wants; the type is adapted here.

        Raises ``MemoryError`` where memory runs out, ``EngineError`` with onnxruntime's reason otherwise.
        """
        if values.dtype != self.input_dtype:
            if self.input_dtype.kind in "iu":
                limits = np.iinfo(self.input_dtype)
                values = np.clip(np.rint(values), limits.min, limits.max)
            values = values.astype(self.input_dtype)
        try:
            found: List[np.ndarray] = self._session.run(outputs, {self.input.name: np.ascontiguousarray(values)})
        except self._runtime.errors as error:
            if "allocate memory" in str(error):
                raise MemoryError(str(error)) from error  # the batch is made smaller where this is caught
            raise EngineError("onnx-run", detail=str(error), model=self._name, reason=one_line(error)) from error
        return found


_NUMPY_TYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(uint16)": "uint16",
    "tensor(int16)": "int16",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}


def _pip(package: str) -> str:
    return f'"{sys.executable}" -m pip install {package}'
