"""DINOv3 ConvNeXt files as Meta, timm and transformers write them, with the weights of :mod:`dinov3_files`."""

from __future__ import annotations

import re

from dinov3_files import Shapes, State
from rs_dino_engine.models.networks.convnext import ConvNextSize


def convnext_shapes(size: ConvNextSize) -> Shapes:
    """Names and shapes of a released ``.pth``; the last norm stands there twice."""
    shapes: Shapes = {}
    inputs = 3
    for stage, (depth, dim) in enumerate(zip(size.depths, size.dims)):
        conv, norm = (0, 1) if stage == 0 else (1, 0)
        side = 4 if stage == 0 else 2
        at = f"downsample_layers.{stage}"
        shapes[f"{at}.{conv}.weight"] = (dim, inputs, side, side)
        shapes[f"{at}.{conv}.bias"] = (dim,)
        shapes.update(_norm(f"{at}.{norm}", dim if stage == 0 else inputs))
        for block in range(depth):
            at = f"stages.{stage}.{block}"
            shapes[f"{at}.gamma"] = (dim,)
            shapes.update({f"{at}.dwconv.weight": (dim, 1, 7, 7), f"{at}.dwconv.bias": (dim,)})
            shapes.update(_norm(f"{at}.norm", dim))
            shapes.update({f"{at}.pwconv1.weight": (4 * dim, dim), f"{at}.pwconv1.bias": (4 * dim,)})
            shapes.update({f"{at}.pwconv2.weight": (dim, 4 * dim), f"{at}.pwconv2.bias": (dim,)})
        inputs = dim
    return {**shapes, **_norm("norm", inputs), **_norm("norms.3", inputs)}


def _norm(name: str, dim: int) -> Shapes:
    return {f"{name}.weight": (dim,), f"{name}.bias": (dim,)}


def one_norm(state: State) -> State:
    """The last norm's two names are of one tensor."""
    return {name: state[name.replace("norms.3", "norm")] for name in state}


def convnext_as_timm(state: State) -> State:
    out: State = {}
    for name, values in state.items():
        name = name.replace("downsample_layers.0.", "stem.")
        name = re.sub(r"downsample_layers\.(\d)", r"stages.\1.downsample", name)
        name = re.sub(r"^stages\.(\d)\.(\d+)\.", r"stages.\1.blocks.\2.", name)
        name = name.replace("dwconv", "conv_dw").replace("pwconv", "mlp.fc")
        if not name.startswith("norms."):
            out["head." + name if name.startswith("norm.") else name] = values
    return out


def convnext_as_transformers(state: State, inner: str = "") -> State:
    """``inner`` is ``model.`` in newer versions."""
    out: State = {}
    for name, values in state.items():
        name = re.sub(r"downsample_layers\.(\d)", rf"{inner}stages.\1.downsample_layers", name)
        name = re.sub(r"^stages\.(\d)\.(\d+)\.", rf"{inner}stages.\1.layers.\2.", name)
        name = name.replace("dwconv", "depthwise_conv").replace("pwconv", "pointwise_conv")
        name = re.sub(r"(layers\.\d+)\.norm\.", r"\1.layer_norm.", name)
        if not name.startswith("norms."):
            out[name.replace("norm.", "layer_norm.") if name.startswith("norm.") else name] = values
    return out
