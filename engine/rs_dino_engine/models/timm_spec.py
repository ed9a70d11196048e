"""What timm knows about a network, as a ModelSpec: normalisation, sizes of pictures, licence."""

from __future__ import annotations

import re
from typing import Any, List, Mapping, NamedTuple, Optional

from ..errors import UserError
from .backbone_spec import ABOUT, features, rgb
from .networks.timm_backbone import OPTIONS, Shapes, TimmSize, shapes
from .official import LICENCE, LICENCE_PAGE
from .spec import InputSpec, ModelSpec
from .timm_names import TimmName, registered
from .weights import one_line

NOT_STATED = "not stated"
DINOV3 = "dinov3-license"
WINDOW_PX = 512
_HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])


def licence_of(config: Mapping[str, Any]) -> str:
    """As timm writes it (``apache-2.0``, …)."""
    return str(config.get("license") or NOT_STATED)


def describe(name: TimmName, config: Mapping[str, Any], options: Mapping[str, Any]) -> ModelSpec:
    """A network of timm as a model of features.

    ``config``: timm's ``pretrained_cfg``, from the file beside the weights or from timm's own list; ``options``:
    further arguments that the weights were made with. Raises ``UserError`` where the network cannot be used.
    """
    fit = _fitting(name, config, options)
    size, stride = fit.size, fit.size.side_px if fit.fixed else fit.shapes.stride_px
    mean, std = _statistics(config)
    return ModelSpec(
        name=re.sub(r"[^A-Za-z0-9._-]+", "-", name.full),
        title=f"{name.full} (timm)",
        description=ABOUT,
        task="feature-map",
        network={"kind": "timm", "backbone": size._asdict()},
        input=InputSpec(
            bands=rgb(),
            mean=mean,
            std=std,
            window_px=size.side_px,
            window_fixed=fit.fixed,
            overlap_px=size.side_px // 4,
            stride_px=stride,
        ),
        output=features(fit.shapes.dims[-1], fit.shapes.strides[-1]),
        licence=f"{LICENCE} ({LICENCE_PAGE})" if licence_of(config) == DINOV3 else licence_of(config),
        attribution=str(config.get("origin_url") or f"huggingface.co/timm/{name.full}"),
    )


class _Fit(NamedTuple):
    size: TimmSize
    fixed: bool
    """Whether the network takes pictures of its own size only."""
    shapes: Shapes


def _fitting(name: TimmName, config: Mapping[str, Any], options: Mapping[str, Any]) -> _Fit:
    """The first way of building a network that works: for pictures of any size, else of its own; with its last
    normalisation, else without."""
    own_px = int((config.get("input_size") or (3, 224, 224))[-1])
    bound = bool(config.get("fixed_input_size"))
    wanted_px = own_px if bound else max(own_px, WINDOW_PX)
    given = {key: value for key, value in options.items() if key in OPTIONS}
    if bound and own_px != registered(name).get("input_size", (own_px,))[-1]:
        given.setdefault("img_size", own_px)
    problem: Optional[Exception] = None
    for fixed, more in ((False, {"dynamic_img_size": True}), (bound, {}), (True, {})):
        for norm in (True, False):
            size = TimmSize(name.architecture, own_px, {**given, **more}, norm)
            try:
                return _Fit(size, True, shapes(size)) if fixed else _any_size(size, wanted_px)
            except UserError:
                raise
            except Exception as error:  # each of timm's hundred kinds of networks refuses in its own way
                problem = error
    raise UserError("timm-unusable", name=name.full, reason=one_line(problem) if problem else "")


def _any_size(size: TimmSize, wanted_px: int) -> _Fit:
    """Raises whatever timm raises where the size does matter."""
    stride = shapes(size).stride_px
    size = size._replace(side_px=max(stride, wanted_px // stride * stride))
    shapes(size._replace(side_px=size.side_px + stride))
    return _Fit(size, False, shapes(size))


def _statistics(config: Mapping[str, Any]) -> "tuple[List[float], List[float]]":
    found = [[float(v) for v in config.get(key) or ()] for key in ("mean", "std")]
    return (found[0], found[1]) if len(found[0]) == len(found[1]) == len(rgb()) else _HALF
