"""What onnxruntime calls the devices that torch knows."""

from __future__ import annotations

from typing import Dict, Tuple

ONNX_PROVIDERS: Dict[str, Tuple[str, ...]] = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "ROCMExecutionProvider", "MIGraphXExecutionProvider"),
}
"""By the kind of a torch device; torch calls AMD's devices cuda too."""
ONNX_PACKAGES = {"cpu": "onnxruntime", "cuda": "onnxruntime-gpu"}
