"""Images of a data set with their labels, and which side of the split each is on."""

from __future__ import annotations

import math
import random
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

from ..errors import UserError
from ..raster.source import open_raster
from .spec import DataSetSpec

TRAIN, VALIDATION = "train", "validation"


class Scene(NamedTuple):
    """An image, its labels, and the side of the split it is on."""

    data_set: str
    image: str
    labels: str
    group: str
    split: str


class _Place(NamedTuple):
    crs: str
    x: float
    y: float
    reach: float


def find_scenes(spec: DataSetSpec, root: Path) -> List[Scene]:
    """All images below ``root`` that the data set names, sorted, split by group.

    Groups of ``spec.validation`` are held out; images closer than ``spec.separation_m`` count as one group.
    """
    scenes: List[Scene] = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        match = re.fullmatch(spec.images, path.relative_to(root).as_posix())
        if match is None:
            continue
        group = match.expand(spec.group)
        if any(fnmatchcase(group, p) for p in spec.left_out):
            continue
        labels = root / match.expand(spec.labels.path)
        if not labels.exists():
            raise UserError("dataset-no-labels", image=str(path), path=str(labels))
        scenes.append(Scene(spec.name, str(path), str(labels), group, TRAIN))
    if not scenes:
        raise UserError("dataset-no-images", path=str(root), patterns=spec.images)
    return split(scenes, spec, 0.0, 0)


def split(scenes: Sequence[Scene], spec: DataSetSpec, validation_share: float, seed: int) -> List[Scene]:
    """Put whole groups (and what lies close to them) on one side: held out are those of ``spec.validation``, or a
    seeded share of the groups where it names none."""
    root_of = _joined_groups(scenes, spec.separation_m)
    roots = sorted(set(root_of.values()))
    if spec.validation:
        held = {root_of[s.group] for s in scenes if any(fnmatchcase(s.group, p) for p in spec.validation)}
    else:
        count = min(len(roots) - 1, max(1, round(validation_share * len(roots)))) if validation_share > 0 else 0
        held = set(random.Random(seed).sample(roots, count))
    return [s._replace(split=VALIDATION if root_of[s.group] in held else TRAIN) for s in scenes]


def _joined_groups(scenes: Sequence[Scene], separation_m: float) -> Dict[str, str]:
    """group -> the group that stands for all groups it is close to (union-find)."""
    parent = {s.group: s.group for s in scenes}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    places = [(s.group, _place(s.image)) for s in scenes] if separation_m > 0 else []
    for i, (group, here) in enumerate(places):
        for other, there in places[:i]:
            if here and there and root(group) != root(other) and _gap_m(here, there) < separation_m:
                first, second = sorted((root(group), root(other)))
                parent[second] = first
    return {group: root(group) for group in parent}


def _place(image: str) -> Optional[_Place]:
    """Centre and half diagonal in metres; None where the image has no place."""
    with open_raster(image) as source:
        gsd = source.gsd_m
        if gsd is None:
            return None
        x, y = source.transform * (source.width / 2, source.height / 2)
        per_unit = gsd.col / math.hypot(source.transform.a, source.transform.d)
        reach = math.hypot(source.width * gsd.col, source.height * gsd.row) / 2
        return _Place(source.crs.to_string(), x * per_unit, y * per_unit, reach)


def _gap_m(one: _Place, other: _Place) -> float:
    """At least this many metres lie between them; 0 where their places cannot be compared directly."""
    if one.crs != other.crs:
        return math.inf
    return max(0.0, math.hypot(one.x - other.x, one.y - other.y) - one.reach - other.reach)
