"""From contacts of runs to closed outlines, without visiting pixels.

An outline is walked with its region on the right (rows count downwards), so exteriors run clockwise as seen
on the map. Its horizontal edges come straight from the contacts; they are the *elements* here. On a vertical
line the edges of one side (region to the west, or to the east) never overlap, so sorting the elements' ends along
each line and pairing neighbours gives every element its successor. Elements whose vertical edge leaves
the strip at the bottom form *paths*, which the next strip takes up as single elements.

Where two pixels of a region touch at a corner only, each pixel's outline turns on its own side of the corner;
:mod:`.rings` repairs that once it is known that both belong to one region.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import List, NamedTuple, Tuple

import numpy as np

from .runs import VOID, Contacts, Runs

Rope = Tuple[np.ndarray, ...]
"""Vertices of a path in pieces, so that a path through many strips is not copied in each."""


class Path(NamedTuple):
    """An outline that is still open: it comes up at ``tail_x`` and goes down at ``head_x``."""

    vertices: Rope
    tail_x: int
    head_x: int
    region: int
    """Its region's number among those that are open."""


@dataclass(frozen=True)
class Elements:
    """Horizontal edges from ``tail`` to ``head`` (columns) on ``line``, owned by ``run``."""

    tail: np.ndarray
    head: np.ndarray
    line: np.ndarray
    run: np.ndarray
    tail_mark: np.ndarray
    head_mark: np.ndarray
    tail_west: np.ndarray
    """Whether the vertical edge at the tail has the region to its west."""
    head_west: np.ndarray
    through: np.ndarray
    """Successor where the outline goes straight on, else -1."""
    through_tail: np.ndarray
    """Whether the predecessor is such a one."""


def _degrees(contacts: Contacts, runs: Runs) -> Tuple[np.ndarray, np.ndarray]:
    """How many borders meet at the start and at the end of each contact (0 to 4)."""
    above, below = runs.label[contacts.above], runs.label[contacts.below]
    at_left = contacts.start == 0
    west_above, west_below = np.roll(above, 1), np.roll(below, 1)
    west_above[at_left] = VOID
    west_below[at_left] = VOID
    at_start = (
        (west_above != above).astype(np.int8) + (west_below != below) + (west_above != west_below) + (above != below)
    )
    at_end = np.roll(at_start, -1)
    at_right = contacts.end == runs.width
    right = (above != VOID).astype(np.int8) + (below != VOID) + (above != below)
    at_end[at_right] = right[at_right]
    return at_start, at_end


def _edges(contacts: Contacts, runs: Runs, top: bool, every_node: bool) -> Elements:
    """The edges below which (``top``) or above which the region lies."""
    owner = contacts.below if top else contacts.above
    labels = runs.label[owner]
    border = (runs.label[contacts.above] != runs.label[contacts.below]) & (labels != VOID)
    goes_on = np.zeros(len(contacts), dtype=bool)  # the edge continues in the next contact
    goes_on[:-1] = border[:-1] & border[1:] & (owner[:-1] == owner[1:])
    came_on = np.roll(goes_on, 1)
    first = np.flatnonzero(border if every_node else border & ~came_on)
    last = first if every_node else np.flatnonzero(border & ~goes_on)
    degree_start, degree_end = _degrees(contacts, runs)
    least = 3 if every_node else 4
    x0, x1, run = contacts.start[first], contacts.end[last], owner[first]
    mark0, mark1 = degree_start[first] >= least, degree_end[last] >= least
    west0, west1 = x0 > runs.start[run], x1 == runs.end[run]
    nothing = np.zeros(len(first), dtype=bool)
    on, came = (goes_on[first], came_on[first]) if every_node else (nothing, nothing)
    index = np.arange(len(first))
    if top:
        successor = np.where(on, index + 1, -1)
        return Elements(x0, x1, contacts.line[first], run, mark0, mark1, west0, west1, successor, came)
    successor = np.where(came, index - 1, -1)
    return Elements(x1, x0, contacts.line[first], run, mark1, mark0, west1, west0, successor, on)


def _upright_nodes(contacts: Contacts, runs: Runs) -> List[Elements]:
    """Points on straight vertical edges where a border of the neighbours ends, as elements of no length."""
    above, below = runs.label[contacts.above], runs.label[contacts.below]
    inner = np.flatnonzero(contacts.start > 0)
    a, c, b, d = above[inner - 1], below[inner - 1], above[inner], below[inner]
    found = []
    for west, here in (
        (True, (a == c) & (a != VOID) & (a != b) & (c != d) & (b != d)),
        (False, (b == d) & (b != VOID) & (a != b) & (c != d) & (a != c)),
    ):
        at = inner[here]
        x, yes, side = contacts.start[at], np.ones(len(at), dtype=bool), np.full(len(at), west)
        run = contacts.above[at - 1] if west else contacts.above[at]
        found.append(Elements(x, x, contacts.line[at], run, yes, yes, side, side, np.full(len(at), -1), ~yes))
    return found


def elements_of(contacts: Contacts, runs: Runs, every_node: bool) -> Elements:
    """All horizontal edges of a strip. ``every_node`` also breaks them where neighbours' borders end, and marks
    those points; without it only corners at which four pixels differ crosswise are marked."""
    parts = [_edges(contacts, runs, True, every_node), _edges(contacts, runs, False, every_node)]
    if every_node:
        parts += _upright_nodes(contacts, runs)
    offset, through = 0, []
    for part in parts:
        through.append(np.where(part.through >= 0, part.through + offset, -1))
        offset += len(part.tail)
    columns = {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Elements)}
    return replace(Elements(**columns), through=np.concatenate(through))


def successors(elements: Elements, paths: List[Path], lines: int) -> np.ndarray:
    """What follows each element, and then each path taken up; -1 where it leaves the strip.

    The ends of elements and paths are paired along every vertical line.
    """
    count, carried = len(elements.tail), len(paths)
    path_ids = np.arange(count, count + carried)
    heads, tails = np.flatnonzero(elements.through < 0), np.flatnonzero(~elements.through_tail)
    x = np.concatenate(
        [
            elements.head[heads],
            elements.tail[tails],
            np.array([p.head_x for p in paths], dtype=np.int64),
            np.array([p.tail_x for p in paths], dtype=np.int64),
        ]
    )
    top = np.zeros(carried, dtype=np.int64)
    line = np.concatenate([elements.line[heads], elements.line[tails], top, top])
    yes = np.ones(carried, dtype=bool)
    west = np.concatenate([elements.head_west[heads], elements.tail_west[tails], yes, ~yes])
    is_head = np.concatenate([np.ones(len(heads), bool), np.zeros(len(tails), bool), yes, ~yes])
    owner = np.concatenate([heads, tails, path_ids, path_ids])
    begins = is_head == west  # the upper end of a vertical edge
    order = np.argsort(((x * 2 + west) * (lines + 1) + line) * 2 + begins)
    begins, owner, west = begins[order], owner[order], west[order]
    upper = np.flatnonzero(begins[:-1] & ~begins[1:])
    successor = np.concatenate([elements.through, np.full(carried, -1)])
    down = west[upper]  # with the region to the west the walk goes down
    successor[owner[upper[down]]] = owner[upper[down] + 1]
    successor[owner[upper[~down] + 1]] = owner[upper[~down]]
    return successor


@dataclass(frozen=True)
class Chains:
    """Elements in walking order: chain ``k`` is ``order[offsets[k]:offsets[k + 1]]``."""

    order: np.ndarray
    offsets: np.ndarray
    closed: np.ndarray


def chains_of(successor: np.ndarray) -> Chains:
    """Order a set of linked lists, closed and open.

    Most outlines are rectangles, two elements that follow each other; they are found at a glance.
    """
    index = np.arange(len(successor))
    inside = successor >= 0
    pair = inside & (successor[np.where(inside, successor, index)] == index) & (successor != index)
    first = np.flatnonzero(pair & (index < successor))
    rest = np.flatnonzero(~pair)
    place = np.full(len(successor) + 1, -1)
    place[rest] = np.arange(len(rest))
    longer = _ranked(place[successor[rest]])
    order = np.concatenate([np.column_stack([first, successor[first]]).reshape(-1), rest[longer.order]])
    offsets = np.concatenate([np.arange(len(first)) * 2, longer.offsets + 2 * len(first)])
    return Chains(order, offsets, np.concatenate([np.ones(len(first), bool), longer.closed]))


def _ranked(successor: np.ndarray) -> Chains:
    """The same by pointer doubling.

    Open lists are tied to each other into closed ones first and cut again afterwards, so that one method serves.
    """
    count = len(successor)
    if not count:
        return Chains(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, bool))
    has_predecessor = np.zeros(count, dtype=bool)
    has_predecessor[successor[successor >= 0]] = True
    starts, ends = ~has_predecessor, np.flatnonzero(successor < 0)
    tied = successor.copy()
    tied[ends] = np.flatnonzero(starts)
    index = np.arange(count)
    leader = np.where(starts, index, index + count)  # the least one on a list leads it; starts before others
    jump = tied
    while True:
        leader = np.minimum(leader, leader[jump])
        jump = jump[jump]
        if np.array_equal(leader, leader[tied]):
            break
    leader = leader % count
    is_last = tied == leader
    distance = (~is_last).astype(np.int64)
    jump = np.where(is_last, index, tied)
    while True:
        distance = distance + distance[jump]
        further = jump[jump]
        if np.array_equal(further, jump):
            break
        jump = further
    leaders = np.flatnonzero(leader == index)
    length = distance[leaders] + 1
    slot = np.zeros(count, dtype=np.int64)
    slot[leaders] = np.cumsum(length) - 1
    order = np.empty(count, dtype=np.int64)
    order[slot[leader] - distance] = index
    begins = starts.copy()
    begins[leaders] = True
    offsets = np.concatenate([np.flatnonzero(begins[order]), [count]])
    return Chains(order, offsets, ~starts[order[offsets[:-1]]])
