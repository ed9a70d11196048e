"""The networks of the bench as loaded models, in torch and as ONNX files that peers read too.

They take 0-1 input and normalise inside, so that every tool feeds them the same numbers whatever it knows about
normalisation; void pixels are 0.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import NamedTuple, Optional

import scene
import torch
from rs_dino_engine.models.onnx_metadata import write_metadata
from rs_dino_engine.models.onnx_model import OnnxModel
from rs_dino_engine.models.onnx_spec import describe_onnx
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec
from rs_dino_engine.models.torch_model import TorchModel

COLORS = [(40, 120, 40), (200, 180, 90), (150, 150, 150), (40, 80, 200)]
WINDOW_PX, OVERLAP_PX = 512, 128


class Known(NamedTuple):
    """Receptive radius (None: everything) and stride of a network."""

    radius_px: Optional[int]
    stride_px: int


NETWORKS = {"conv": Known(15, 1), "vit": Known(None, 16)}


def make_network(name: str) -> torch.nn.Module:
    return scene.Normalised(scene.small_conv() if name == "conv" else scene.vit_small()).eval()


def make_spec(name: str, onnx: bool = False) -> ModelSpec:
    """What the engine is told about a network; as ONNX it ends in a softmax, which is what peers expect."""
    classes = [ClassInfo(id=i, name=f"class {i}", color=c) for i, c in enumerate(COLORS)]
    return ModelSpec(
        name=f"bench-{name}",
        title=f"bench {name}",
        task="segment",
        network={"output": "output"} if onnx else {},
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[0.0, 0.0, 0.0],
            std=[1.0, 1.0, 1.0],
            gsd_m=0.5,
            window_px=WINDOW_PX,
            window_fixed=onnx,
            overlap_px=OVERLAP_PX,
            stride_px=NETWORKS[name].stride_px,
            receptive_radius_px=NETWORKS[name].radius_px,
        ),
        output=OutputSpec(
            kind="classes",
            class_map=ClassMap(classes=classes),
            channels=len(classes),
            activation="none" if onnx else "softmax",
            blend_on="probabilities" if onnx else "logits",
        ),
    )


def load_torch(name: str) -> TorchModel:
    return TorchModel(make_spec(name), make_network(name))


def load_onnx(path: Path) -> OnnxModel:
    model = OnnxModel(describe_onnx(path).spec, path)
    model.to("cpu")
    return model


def export(name: str, path: Path) -> Path:
    """Write a network as ONNX (windows of fixed size, any batch) with the metadata keys of Deepness and GeoDeep."""
    if path.exists():
        return path
    network = torch.nn.Sequential(make_network(name), torch.nn.Softmax(dim=1)).eval()
    partial = path.with_suffix(".part.onnx")
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # its fused operator has no ONNX counterpart
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, (torch.rand(1, 3, WINDOW_PX, WINDOW_PX),), str(partial), input_names=["input"],
                output_names=["output"], dynamic_axes={"input": {0: "n"}, "output": {0: "n"}}, dynamo=False,
            )  # fmt: skip
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    write_metadata(partial, make_spec(name, onnx=True))
    partial.rename(path)
    return path


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=export.__doc__)
    arguments.add_argument("network", choices=NETWORKS)
    arguments.add_argument("out", type=Path)
    chosen = arguments.parse_args()
    export(chosen.network, chosen.out)
