"""What becomes of blended values: label, confidence, entropy, probability, disagreement and value layers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import torch

from ..models.spec import OutputSpec
from .forward import activate, entropy

NODATA_BYTE = 255
NODATA_VALUE = -9999.0


@dataclass(frozen=True)
class Layer:
    """One output raster.

    ``dtype`` is numpy's name, ``bands`` its number of bands. ``classes`` (id -> name, colour): its values are classes
    that the model does not know. ``counted``: pixels and area of each of its classes are summed up; one layer of a
    run at most. ``shown``: the ends of its style, where they do not follow the values. ``translations``: names of the
    classes in other languages, by code. ``around``: it goes beyond the area of interest by the margin of its work,
    which needs it there, and is no result.
    """

    name: str
    dtype: str
    nodata: float
    bands: int = 1
    classes: Optional[Mapping[int, Tuple[str, Tuple[int, int, int]]]] = None
    counted: bool = False
    shown: Optional[Tuple[float, float]] = None
    translations: Optional[Mapping[int, Dict[str, str]]] = None
    around: bool = False


class ClassProducts:
    """Labels and what is known about them. ``wanted``: some of confidence, entropy, probabilities, disagreement."""

    def __init__(self, output: OutputSpec, wanted: Sequence[str]) -> None:
        assert output.class_map is not None
        self._output, self._wanted = output, set(wanted)
        self.disagreement = "disagreement" in self._wanted
        self._ids = np.array([c.id for c in output.class_map.classes], dtype=np.uint8)
        self._plain_ids = bool((self._ids == np.arange(len(self._ids))).all())
        self.layers: List[Layer] = [Layer("labels", "uint8", NODATA_BYTE, counted=True)]
        for name in ("confidence", "entropy", "disagreement"):
            if name in self._wanted:
                self.layers.append(Layer(name, "uint8", NODATA_BYTE))
        if "probabilities" in self._wanted:
            self.layers.append(Layer("probabilities", "float32", NODATA_VALUE, len(self._ids)))

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        """``(channels, h, w)`` -> layer name -> ``(bands, h, w)``; every pixel gets a value."""
        count = len(self._ids)
        values = blended[:count]
        result = {"labels": self._labels(values)}
        if len(self.layers) == 1:
            return result
        shares = self._probabilities(values, self.disagreement)
        if "confidence" in self._wanted:
            chosen = torch.gather(shares, 0, torch.from_numpy(self._positions(result["labels"])).to(shares.device))
            result["confidence"] = _percent(chosen)
        if "entropy" in self._wanted:
            result["entropy"] = _percent(entropy(shares[None])[0] / math.log(count))
        if self.disagreement:
            spread = self.moment(shares) - blended[count:]
            result["disagreement"] = _percent(spread / math.log(count))
        if "probabilities" in self._wanted:
            result["probabilities"] = shares.cpu().numpy()
        return result

    @staticmethod
    def moment(values: torch.Tensor) -> torch.Tensor:
        """The entropy of probabilities ``(classes, h, w)``; blended beside them where disagreement is asked for."""
        return entropy(values[None])[0]

    def _labels(self, values: torch.Tensor) -> np.ndarray:
        if self._output.channels == 1:
            probability = self._probabilities(values, self.disagreement)[1:]
            index = (probability > self._output.threshold).to(torch.uint8).cpu().numpy()
        else:
            index = strongest(values).cpu().numpy()
        return index if self._plain_ids else self._ids[index]

    def _positions(self, labels: np.ndarray) -> np.ndarray:
        """Class ids -> channel numbers, int64."""
        if self._plain_ids:
            return labels.astype(np.int64)
        table = np.zeros(256, dtype=np.int64)
        table[self._ids] = np.arange(len(self._ids))
        return table[labels]

    def _probabilities(self, values: torch.Tensor, blended_probabilities: bool) -> torch.Tensor:
        if blended_probabilities or self._output.blend_on == "probabilities":
            return values
        if self._output.channels == 1:
            return activate(values[None, 1:], self._output, True)[0]
        return activate(values[None], self._output, True)[0]


class ValueProducts:
    """A measured value such as canopy height, float32; ``disagreement`` is its standard deviation."""

    def __init__(self, output: OutputSpec, name: str, wanted: Sequence[str] = ()) -> None:
        self._channels, self._name = output.channels, name
        self.disagreement = "disagreement" in wanted
        self.layers: List[Layer] = [Layer(name, "float32", NODATA_VALUE, output.channels)]
        if self.disagreement:
            self.layers.append(Layer("disagreement", "float32", NODATA_VALUE))

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        values = blended[: self._channels]
        result = {self._name: values.cpu().numpy()}
        if self.disagreement:
            spread = (blended[self._channels :] - self.moment(values)).clamp(min=0.0).sqrt()
            result["disagreement"] = spread.cpu().numpy()
        return result

    @staticmethod
    def moment(values: torch.Tensor) -> torch.Tensor:
        """The square of the first value; blended beside the values where disagreement is asked for."""
        return values[:1] ** 2


def strongest(values: torch.Tensor) -> torch.Tensor:
    """``(channels, h, w)``, at most 255 of them -> the channel of the largest value ``(1, h, w)``, uint8.

    The first of several equal ones. Channel by channel, because ``argmax`` over the first axis is some fifty
    times slower on a processor.
    """
    best, index = values[:1].clone(), torch.zeros_like(values[:1], dtype=torch.uint8)
    for channel in range(1, len(values)):
        other = values[channel : channel + 1]
        torch.maximum(index, (other > best).to(torch.uint8).mul_(channel), out=index)
        torch.maximum(best, other, out=best)
    return index


def _percent(share: torch.Tensor) -> np.ndarray:
    """0-1 -> whole percent, uint8."""
    return (share * 100.0).round().clamp(0, 100).to(torch.uint8).cpu().numpy()


@dataclass
class Tally:
    """Counts and sums over everything that was written; kept in the manifest, so that a resume goes on."""

    pixels: Dict[str, float] = field(default_factory=dict)
    """Per class id (as text): number of pixels."""
    area_m2: Dict[str, float] = field(default_factory=dict)
    statistics: Dict[str, List[float]] = field(default_factory=dict)
    """Per layer: count, minimum, maximum, sum, sum of squares."""

    def add_labels(self, labels: np.ndarray, row_area_m2: Optional[np.ndarray]) -> None:
        """``labels`` (h, w) uint8 with 255 where there is none; ``row_area_m2`` (h,) of one pixel."""
        height = labels.shape[0]
        keys = labels.astype(np.int32) + (np.arange(height, dtype=np.int32) * 256)[:, None]
        counts = np.bincount(keys.ravel(), minlength=height * 256).reshape(height, 256)[:, :NODATA_BYTE]
        for index in np.flatnonzero(counts.any(axis=0)):
            key = str(int(index))
            self.pixels[key] = self.pixels.get(key, 0) + int(counts[:, index].sum())
            if row_area_m2 is not None:
                self.area_m2[key] = self.area_m2.get(key, 0.0) + float(counts[:, index] @ row_area_m2)

    def add_values(self, layer: Layer, values: np.ndarray) -> None:
        """Statistics of one block of the first band of a layer."""
        band = values[0]
        known = (
            band[band != layer.nodata].astype(np.float64) if (band == layer.nodata).any() else band.astype(np.float64)
        )
        if not known.size:
            return
        new = [known.size, known.min(), known.max(), known.sum(), float((known * known).sum())]
        old = self.statistics.get(layer.name)
        if old is not None:
            new = [old[0] + new[0], min(old[1], new[1]), max(old[2], new[2]), old[3] + new[3], old[4] + new[4]]
        self.statistics[layer.name] = [float(v) for v in new]

    def summary(self, layer: str) -> Optional[Dict[str, float]]:
        """minimum, maximum, mean, stddev of a layer; None where it has no value."""
        if layer not in self.statistics:
            return None
        count, low, high, total, squares = self.statistics[layer]
        mean = total / count
        return {"minimum": low, "maximum": high, "mean": mean, "stddev": math.sqrt(max(0.0, squares / count - mean**2))}

    def as_dict(self) -> Dict[str, Any]:
        return {"pixels": self.pixels, "area_m2": self.area_m2, "statistics": self.statistics}
