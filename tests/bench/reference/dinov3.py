"""Our DINOv3 and CHMv2 beside the original implementations, on the same random weights and pictures.

``python tests/bench/reference/dinov3.py --repo CHECKOUT [--only NAME …]`` in an environment with torch, timm 1.0.31,
transformers 5.23 and the engine's source on PYTHONPATH. CHECKOUT: facebookresearch/dinov3. Prints one line a
comparison (largest absolute difference) and, with ``--pins``, the values that ``tests/engine/networks`` holds fast.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Callable, Dict, List

import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "engine" / "networks")]

_LIBRARY = torch.library.Library("torchvision", "DEF")
"""A torchvision built for CUDA cannot register its operators on a processor-only torch; their schemas are enough."""
for _name in ("nms", "qnms"):
    _LIBRARY.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from convnext_files import convnext_as_timm, convnext_as_transformers, convnext_shapes, one_norm  # noqa: E402, I001
from dinov3_files import as_timm, as_transformers, chmv2_as_transformers, chmv2_shapes, meta_shapes, picture, telling  # noqa: E402, I001
from dinov2_files import dinov2_shapes, dinov2_as_transformers  # noqa: E402
from rs_dino_engine.models.checkpoints import convert_file  # noqa: E402
from rs_dino_engine.models.load import build_network, fill  # noqa: E402
from rs_dino_engine.models.networks.convnext import SIZES as CONVNEXTS  # noqa: E402
from rs_dino_engine.models.networks.dinov3.sizes import SIZES, VitSize, four_levels  # noqa: E402
from rs_dino_engine.models.weights import write_safetensors  # noqa: E402

HUB = {"ViT-S/16": "vits16", "ViT-S+/16": "vits16plus", "ViT-B/16": "vitb16", "ViT-L/16": "vitl16"}
TIMM = {"ViT-S/16": "small", "ViT-S+/16": "small_plus", "ViT-B/16": "base", "ViT-L/16": "large"}
THIN_7B = "ViT-7B/16, thin"
DINOV2 = {"DINOv2 ViT-S/14": False, "DINOv2 ViT-S/14 registers": True}
CONVNEXT = {f"ConvNeXt {name}": name for name in CONVNEXTS}
ODD = ((225, 250), (70, 97))
"""Sides that are no multiples of 32: the original leaves out the last pixels, and so do we."""
PICTURES = ((224, 224), (256, 320), (48, 176), (400, 400))


def ours(path: Path, head: "Path | None" = None) -> torch.nn.Module:
    converted = convert_file(path, head)
    network = build_network(converted.spec)
    fill(network, converted.state, path, "dinov3")
    return network.eval()


def levels(network: torch.nn.Module, x: torch.Tensor, layers: List[int]) -> List[torch.Tensor]:
    return [part for level in network.backbone(x, layers) for part in (level.patches, level.whole)]


def meta_levels(model: Any, x: torch.Tensor, layers: List[int]) -> List[torch.Tensor]:
    found = model.get_intermediate_layers(x, n=layers, reshape=True, return_class_token=True, norm=True)
    return [part for level in found for part in level]


def timm_levels(model: Any, x: torch.Tensor, layers: List[int]) -> List[torch.Tensor]:
    found = model.forward_intermediates(
        x, indices=layers, return_prefix_tokens=True, norm=True, intermediates_only=True
    )
    return [part for maps, prefix in found for part in (maps, prefix[:, 0])]


def hf_levels(model: Any, x: torch.Tensor, layers: List[int]) -> List[torch.Tensor]:
    states = model(pixel_values=x, output_hidden_states=True).hidden_states
    rows, cols = x.shape[2] // 16, x.shape[3] // 16
    out: List[torch.Tensor] = []
    for layer in layers:
        normed = model.norm(states[layer + 1]) if layer + 1 < len(states) - 1 else states[-1]
        if layer + 1 == len(states) - 1 and not _is_normed(model, states[-1]):
            normed = model.norm(states[-1])
        out += [normed[:, 5:].transpose(1, 2).reshape(1, -1, rows, cols), normed[:, 0]]
    return out


def _is_normed(model: Any, last: torch.Tensor) -> bool:
    """Some versions give the last hidden state after the norm."""
    plain = (last - model.norm.bias) / model.norm.weight
    return bool((plain.mean(-1).abs() < 1e-3).all() and ((plain.var(-1, unbiased=False) - 1).abs() < 1e-2).all())


def compare(
    name: str, first: Callable[..., Any], second: Callable[..., Any], layers: List[int], more: Any = ()
) -> None:
    worst: Dict[str, float] = {}
    for height, width in (*PICTURES, *more):
        x = picture(height, width)
        with torch.no_grad():
            a, b = first(x, layers), second(x, layers)
        worst[f"{height}x{width}"] = max(float((p - q).abs().max()) for p, q in zip(a, b))
    print(json.dumps({"compared": name, **{k: float(f"{v:.2g}") for k, v in worst.items()}}), flush=True)


def backbones(size_name: str, folder: Path, pins: bool) -> None:
    from dinov3.hub import backbones as hub

    size = SIZES[size_name]
    satellite = size_name == "ViT-L/16"
    state = telling(meta_shapes(size, satellite))
    layers = list(four_levels(size.depth))
    path = folder / "meta.pth"
    torch.save(state, path)
    options = {"weights": hub.Weights.SAT493M} if satellite else {}
    meta = getattr(hub, f"dinov3_{HUB[size_name]}")(pretrained=False, **options)
    meta.load_state_dict(state, strict=True)
    meta.eval()
    network = ours(path)
    compare(f"{size_name} Meta", lambda x, n: levels(network, x, n), lambda x, n: meta_levels(meta, x, n), layers)
    if pins:
        _pins(size_name, meta_levels(meta, picture(48, 80), layers))
    _timm(size_name, state, folder, layers)
    _transformers(size_name, size, state, folder, layers)


def _timm(size_name: str, state: Dict[str, torch.Tensor], folder: Path, layers: List[int]) -> None:
    import timm

    model = timm.create_model(f"vit_{TIMM[size_name]}_patch16_dinov3_qkvb", pretrained=False).eval()
    missing, unexpected = model.load_state_dict(as_timm(state), strict=False)
    assert not unexpected and all("k_bias" in m or "periods" in m for m in missing), (missing, unexpected)
    path = folder / "timm.safetensors"
    write_safetensors(path, dict(model.state_dict().items()))
    network = ours(path)
    compare(f"{size_name} timm", lambda x, n: levels(network, x, n), lambda x, n: timm_levels(model, x, n), layers)


def _transformers(
    size_name: str, size: VitSize, state: Dict[str, torch.Tensor], folder: Path, layers: List[int]
) -> None:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

    config = DINOv3ViTConfig(
        hidden_size=size.dim, intermediate_size=size.hidden, num_hidden_layers=size.depth,
        num_attention_heads=size.heads, use_gated_mlp=size.gated, hidden_act="silu" if size.gated else "gelu",
        num_register_tokens=4,
    )  # fmt: skip
    model = DINOv3ViTModel(config).eval()
    theirs = as_transformers(state, "model." if any(k.startswith("model.layer") for k in model.state_dict()) else "")
    model.load_state_dict(theirs, strict=True)
    model.save_pretrained(folder / "hf")
    network = ours(folder / "hf" / "model.safetensors")
    compare(
        f"{size_name} transformers", lambda x, n: levels(network, x, n), lambda x, n: hf_levels(model, x, n), layers
    )


def thin_7b(folder: Path, pins: bool) -> None:
    """Built as the 7B is, of 512 channels and four blocks."""
    from dinov3.models.vision_transformer import DinoVisionTransformer

    size = VitSize(512, 4, 4, 1024, gated=True, qkv_bias=False)
    meta = DinoVisionTransformer(
        embed_dim=size.dim, depth=size.depth, num_heads=size.heads, ffn_ratio=3, qkv_bias=False, layerscale_init=1e-5,
        norm_layer="layernormbf16", ffn_layer="swiglu64", n_storage_tokens=4, mask_k_bias=True,
        pos_embed_rope_dtype="fp32", pos_embed_rope_rescale_coords=2, untie_global_and_local_cls_norm=True,
    )  # fmt: skip
    state = telling(meta_shapes(size, True))
    meta.load_state_dict(state, strict=True)
    meta.eval()
    torch.save(state, folder / "meta.pth")
    network = ours(folder / "meta.pth")
    layers = list(four_levels(size.depth))
    compare(THIN_7B, lambda x, n: levels(network, x, n), lambda x, n: meta_levels(meta, x, n), layers, ODD)
    if pins:
        _pins(THIN_7B, meta_levels(meta, picture(48, 80), layers))


def convnexts(name: str, folder: Path, pins: bool) -> None:
    from dinov3.hub import backbones as hub

    size = CONVNEXTS[CONVNEXT[name]]
    state = one_norm(telling(convnext_shapes(size)))
    path = folder / "meta.pth"
    torch.save(state, path)
    arch = CONVNEXT[name].lower()
    meta = getattr(hub, f"dinov3_convnext_{arch}")(pretrained=False)
    meta.load_state_dict(state, strict=True)
    meta.eval()
    layers = [0, 1, 2, 3]
    network = ours(path)

    def our(x: torch.Tensor, n: List[int]) -> List[torch.Tensor]:
        return levels(network, x, n)

    compare(f"{name} Meta", our, lambda x, n: meta_levels(meta, x, n), layers, ODD)
    if pins:
        _pins(name, meta_levels(meta, picture(64, 96), layers))
    _convnext_timm(name, arch, state, folder, our)
    _convnext_transformers(name, size, state, folder)


def _convnext_timm(name: str, arch: str, state: Any, folder: Path, our: Callable[..., Any]) -> None:
    """timm has its last norm in its head: pooled and normalised features are compared."""
    import timm

    model = timm.create_model(f"convnext_{arch}.dinov3_lvd1689m", pretrained=False).eval()
    model.load_state_dict(convnext_as_timm(state), strict=True)
    write_safetensors(folder / "timm.safetensors", dict(model.state_dict().items()))
    network = ours(folder / "timm.safetensors")
    compare(f"{name} timm", lambda x, n: [levels(network, x, n)[-1]], lambda x, n: [model(x)], [0, 1, 2, 3], ODD)
    compare(
        f"{name} timm, stages 0-2",
        lambda x, n: levels(network, x, n)[::2],
        lambda x, n: model.forward_intermediates(x, indices=n, intermediates_only=True),
        [0, 1, 2],
    )


def _convnext_transformers(name: str, size: Any, state: Any, folder: Path) -> None:
    from transformers import DINOv3ConvNextConfig, DINOv3ConvNextModel

    config = DINOv3ConvNextConfig(hidden_sizes=list(size.dims), depths=list(size.depths))
    model = DINOv3ConvNextModel(config).eval()
    inner = "model." if any(k.startswith("model.stages") for k in model.state_dict()) else ""
    model.load_state_dict(convnext_as_transformers(state, inner), strict=True)
    model.save_pretrained(folder / "hf")
    network = ours(folder / "hf" / "model.safetensors")

    def theirs(x: torch.Tensor, n: List[int]) -> List[torch.Tensor]:
        tokens = model(pixel_values=x).last_hidden_state
        rows, cols = x.shape[2] // 32, x.shape[3] // 32
        return [tokens[:, 1:].transpose(1, 2).reshape(1, -1, rows, cols), tokens[:, 0]]

    compare(f"{name} transformers", lambda x, n: levels(network, x, n), theirs, [3], ODD)


def dinov2(name: str, folder: Path) -> None:
    """Meta's file through timm beside transformers' own network, at the size of its positions."""
    import transformers

    registers = DINOV2[name]
    side = 37
    state = telling(dinov2_shapes(384, 12, side, registers))
    torch.save(state, folder / "meta.pth")
    kind = "Dinov2WithRegisters" if registers else "Dinov2"
    config = getattr(transformers, f"{kind}Config")(
        hidden_size=384, num_hidden_layers=12, num_attention_heads=6, image_size=14 * side, patch_size=14
    )
    write_safetensors(folder / "model.safetensors", dinov2_as_transformers(state), {"format": "pt"})
    config.save_pretrained(folder)
    model = getattr(transformers, f"{kind}Model").from_pretrained(folder).eval()
    model.save_pretrained(folder / "hf")
    write_safetensors(folder / "memory.safetensors", dict(model.state_dict().items()))
    x = picture(14 * side, 14 * side)
    with torch.no_grad():
        tokens = model(pixel_values=x).last_hidden_state[:, 5 if registers else 1 :]
        wanted = tokens.transpose(1, 2).reshape(1, -1, side, side)
        for origin in ("meta.pth", "model.safetensors", "hf/model.safetensors", "memory.safetensors"):
            worst = float((ours(folder / origin)(x) - wanted).abs().max())
            print(json.dumps({"compared": f"{name} {origin}", "518x518": float(f"{worst:.2g}")}), flush=True)


def canopy(folder: Path, pins: bool) -> None:
    from dinov3.eval.depth.models import make_depther_from_config
    from dinov3.hub import backbones as hub
    from dinov3.hub.depthers import _get_chmv2_config

    size = SIZES["ViT-L/16"]
    state, head = telling(meta_shapes(size, True)), telling(chmv2_shapes())
    torch.save(state, folder / "backbone.pth")
    torch.save(head, folder / "head.pth")
    backbone = hub.dinov3_vitl16(pretrained=False, weights=hub.Weights.SAT493M)
    backbone.load_state_dict(state, strict=True)
    depther = make_depther_from_config(backbone.eval(), config=_get_chmv2_config(), autocast_dtype=torch.float32)
    decoder = next(m for m in depther.modules() if type(m).__name__ == "DPTHead")
    decoder.load_state_dict(head, strict=True)
    for module in depther.eval().modules():
        if hasattr(module, "autocast_ctx"):
            module.autocast_ctx = nullcontext  # on a processor the original is otherwise run in bfloat16
    network = ours(folder / "backbone.pth", folder / "head.pth")
    for height, width in ((256, 320), (64, 96), (512, 512)):
        x = picture(height, width)
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            a, b = network(x), depther(x)
        print(
            json.dumps(
                {
                    "compared": f"CHMv2 {height}x{width}",
                    "max_m": float((a - b).abs().max()),
                    "mean_m": float(b.mean()),
                    "std_m": float(b.std()),
                }
            ),
            flush=True,
        )
        if pins and height == 64:
            _pins("CHMv2", [b])
    _canopy_transformers(folder, size, state, head, network)


def _canopy_transformers(folder: Path, size: VitSize, state: Any, head: Any, network: torch.nn.Module) -> None:
    from transformers import CHMv2Config, CHMv2ForDepthEstimation

    model = CHMv2ForDepthEstimation(CHMv2Config()).eval()
    names = model.state_dict()
    inner = "model." if any(k.startswith("backbone.model.layer") for k in names) else ""
    whole = {f"backbone.{k}": v for k, v in as_transformers(state, inner).items()}
    for name in names:  # key_bias is on in its configuration; the released file holds zeros there
        if name.endswith("k_proj.bias"):
            whole[name] = torch.zeros_like(names[name])
    whole.update(chmv2_as_transformers(head))
    missing, unexpected = model.load_state_dict(whole, strict=False)
    print(json.dumps({"missing": list(missing)[:4], "unexpected": list(unexpected)[:4]}))
    model.save_pretrained(folder / "chmv2")
    other = ours(folder / "chmv2" / "model.safetensors")
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.eps = 1e-5  # its configuration's default is 1e-6; the original has 1e-5
    x = picture(256, 320)
    with torch.no_grad():
        a, b = other(x)[:, 0], model(pixel_values=x).predicted_depth
    print(
        json.dumps(
            {
                "compared": "CHMv2 transformers 256x320",
                "max_m": float((a - b).abs().max()),
                "against_meta_route_m": float((a - network(x)[:, 0]).abs().max()),
            }
        )
    )


def _pins(name: str, parts: List[torch.Tensor]) -> None:
    """Every n-th value of each tensor, eight of them."""
    with torch.no_grad():
        rows = [[round(float(v), 6) for v in p.reshape(-1)[:: max(1, p.numel() // 8)][:8]] for p in parts]
    print(json.dumps({"pins": name, "values": rows}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", required=True)
    parser.add_argument("--only", nargs="*", default=[*HUB, THIN_7B, *CONVNEXT, *DINOV2, "CHMv2"])
    parser.add_argument("--pins", action="store_true")
    given = parser.parse_args()
    sys.path.insert(0, given.repo)
    for name in given.only:
        with tempfile.TemporaryDirectory() as folder:
            if name == "CHMv2":
                canopy(Path(folder), given.pins)
            elif name == THIN_7B:
                thin_7b(Path(folder), given.pins)
            elif name in DINOV2:
                dinov2(name, Path(folder))
            elif name in CONVNEXT:
                convnexts(name, Path(folder), given.pins)
            else:
                backbones(name, Path(folder), given.pins)


if __name__ == "__main__":
    main()
