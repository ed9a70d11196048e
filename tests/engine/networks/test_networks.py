"""Networks: shapes, receptive field, half precision, folding, published weights' names."""

import pytest
import torch
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.networks import NETWORKS, build
from rs_dino_engine.models.networks.efficientnet import LITE0, convert_imagenet_keys
from rs_dino_engine.models.networks.layers import ConvNorm, fold


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def _settled(network):
    """Running statistics as a trained network has them, not 0 and 1."""
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(4, 3, 64, 64) + 0.3)
    return network.eval()


TINY_VIT = {"dim": 64, "depth": 4, "heads": 1, "hidden": 128}
TINY_CONVNEXT = {"depths": [1, 1, 2, 1], "dims": [8, 12, 16, 24]}
SETTINGS = {
    "conv-small": [{}],
    "convnext": [
        {"backbone": TINY_CONVNEXT, "head": {"kind": "linear"}},
        {"backbone": TINY_CONVNEXT, "head": {"kind": "multilevel", "width": 32}, "layers": [0, 1, 2, 3]},
    ],
    "efficientnet-fpn": [{}],
    "dinov3": [
        {"backbone": TINY_VIT, "head": {"kind": "linear"}},
        {"backbone": TINY_VIT, "head": {"kind": "multilevel", "width": 32}, "layers": [1, 3]},
        {"backbone": TINY_VIT, "head": {"kind": "dpt", "post": [8, 8, 16, 16], "width": 16}, "layers": [0, 1, 2, 3]},
    ],
}


def test_every_network_is_tried_here():
    assert {*SETTINGS, "timm"} == set(NETWORKS)  # timm's have tests of their own


@pytest.mark.parametrize(("kind", "settings"), [(k, s) for k, found in SETTINGS.items() for s in found])
@pytest.mark.parametrize(("bands", "classes", "height", "width"), [(3, 6, 64, 96), (5, 2, 32, 32)])
def test_logits_have_the_size_of_the_input(kind, settings, bands, classes, height, width):
    network = build({"kind": kind, "bands": bands, "classes": classes, **settings}).eval()
    with torch.no_grad():
        assert network(torch.randn(2, bands, height, width)).shape == (2, classes, height, width)


def test_unknown_kind_is_a_sentence():
    with pytest.raises(UserError) as error:
        build({"kind": "nonsense"})
    assert "nonsense" in str(error.value)
    assert "conv-small" in str(error.value)


def test_receptive_radius_of_the_small_network_is_exact():
    network = build({"kind": "conv-small"})
    for parameter in network.parameters():  # no ReLU may hide a connection
        parameter.data.abs_()
    radius = network.receptive_radius_px
    assert radius == 31
    x = torch.rand(1, 3, 129, 129, requires_grad=True)
    network(x)[0, :, 64, 64].sum().backward()
    seen = x.grad.abs().sum((0, 1)) > 0
    rows, cols = torch.where(seen)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (64 - radius, 64 + radius, 64 - radius, 64 + radius)


def test_folded_network_gives_the_same():
    network = _settled(build({"kind": "efficientnet-fpn"}))
    x = torch.randn(1, 3, 96, 64)
    with torch.no_grad():
        before = network(x)
        after = fold(network)(x)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in network.modules())
    torch.testing.assert_close(before, after, atol=2e-5, rtol=1e-4)


def test_folding_is_the_formula():
    layer = ConvNorm(2, 3, act=False)
    layer.norm.running_mean.uniform_()
    layer.norm.running_var.uniform_(0.5, 2)
    layer.norm.weight.data.uniform_(0.5, 2)
    layer.eval()
    x = torch.randn(1, 2, 4, 4)
    norm = layer.norm
    plain = torch.nn.functional.conv2d(x, layer.conv.weight)
    wanted = (plain - norm.running_mean.view(1, -1, 1, 1)) / torch.sqrt(norm.running_var.view(1, -1, 1, 1) + norm.eps)
    wanted = wanted * norm.weight.view(1, -1, 1, 1) + norm.bias.view(1, -1, 1, 1)
    layer.fold()
    torch.testing.assert_close(layer(x), wanted, atol=1e-5, rtol=1e-5)
    layer.fold()  # a second time changes nothing
    torch.testing.assert_close(layer(x), wanted, atol=1e-5, rtol=1e-5)


def test_half_precision_weights_keep_the_map():
    network = _settled(build({"kind": "efficientnet-fpn", "classes": 4}))
    x = torch.randn(1, 3, 128, 128)
    with torch.no_grad():
        before = network(x)
        network.load_state_dict({k: v.half().to(v.dtype) for k, v in network.state_dict().items()})
        after = network(x)
    assert (before.argmax(1) == after.argmax(1)).float().mean() > 0.99
    size_mb = sum(v.numel() * 2 for v in network.state_dict().values()) / 1e6
    assert size_mb < 7


def test_published_names_fill_the_whole_backbone():
    """The published checkpoint numbers its blocks through; the names here are made up from the architecture."""
    network = build({"kind": "efficientnet-fpn"})
    wanted = network.backbone.state_dict()
    back = {
        "expand.conv": "_expand_conv",
        "expand.norm": "_bn0",
        "depthwise.conv": "_depthwise_conv",
        "depthwise.norm": "_bn1",
        "project.conv": "_project_conv",
        "project.norm": "_bn2",
    }
    numbers, first = {}, 0
    for stage, described in enumerate(LITE0):
        for i in range(described.repeats):
            numbers[f"stages.{stage}.{i}"] = first
            first += 1
    published = {
        "_fc.weight": torch.zeros(1),
        "_conv_head.weight": torch.zeros(1),
        "_bn1.bias": torch.zeros(1),
        f"_blocks.{first}._expand_conv.weight": torch.zeros(1),
    }
    for key, value in wanted.items():
        part, name = key.rsplit(".", 1)
        if key.startswith("stem."):
            published[f"{'_conv_stem' if 'conv' in part else '_bn0'}.{name}"] = value
        else:
            block, inner = part.rsplit(".", 2)[0], ".".join(part.rsplit(".", 2)[1:])
            published[f"_blocks.{numbers[block]}.{back[inner]}.{name}"] = value
    converted = convert_imagenet_keys(published)
    assert {k: tuple(v.shape) for k, v in converted.items()} == {k: tuple(v.shape) for k, v in wanted.items()}
