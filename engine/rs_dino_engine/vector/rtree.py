"""SQLite's R-tree filled node by node.

Inserting boxes one by one takes longer than everything else about writing a GeoPackage. Here each batch of
boxes is packed into full leaves (sort-tile-recursive, Leutenegger et al. 1997), and the levels above are
made at the end from the leaves' boxes. A node is a blob: depth (root only) and count as 16-bit numbers, then
cells of a 64-bit number and four 32-bit floats, all big-endian (SQLite, rtree.c).
"""

from __future__ import annotations

import sqlite3
from typing import List, NamedTuple

import numpy as np

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_ROOT = 1


class _Level(NamedTuple):
    """Nodes (or, at the bottom, features) and their boxes: minx, maxx, miny, maxy, rounded outwards."""

    ids: np.ndarray
    boxes: np.ndarray


class RTreeWriter:
    """Fills an empty R-tree table. Keeps a fiftieth of the boxes in memory."""

    def __init__(self, db: sqlite3.Connection, table: str) -> None:
        self._db, self._table = db, table
        size = db.execute(f"SELECT length(data) FROM {self._name('node')} WHERE nodeno={_ROOT}").fetchone()[0]
        self._node_bytes = int(size)
        self._fan_out = (self._node_bytes - 4) // _CELL.itemsize
        self._next_node = _ROOT + 1
        self._leaves: List[_Level] = []

    def add(self, ids: np.ndarray, bounds: np.ndarray) -> None:
        """A batch of features: ``bounds`` (n, 4) are minx, miny, maxx, maxy."""
        low, high = _rounded_down(bounds[:, :2]), -_rounded_down(-bounds[:, 2:])
        boxes = np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]])
        self._leaves.append(self._pack(_Level(ids, boxes), "rowid"))

    def finish(self) -> None:
        """Build the levels above the leaves."""
        if not self._leaves:
            return
        level = _Level(np.concatenate([v.ids for v in self._leaves]), np.concatenate([v.boxes for v in self._leaves]))
        depth = 1
        while len(level.ids) > self._fan_out:
            level = self._pack(level, "parent")
            depth += 1
        self._write_children("parent", level.ids, np.full(len(level.ids), _ROOT))
        node = self._nodes(level, np.array([0]), np.array([len(level.ids)]))[0]
        root = depth.to_bytes(2, "big") + node[2:]
        self._db.execute(f"UPDATE {self._name('node')} SET data=? WHERE nodeno={_ROOT}", (root,))

    def _pack(self, level: _Level, children: str) -> _Level:
        """Put boxes into new nodes; returns these as the next level."""
        level = self._tiled(level)
        starts = np.arange(0, len(level.ids), self._fan_out)
        counts = np.diff(np.append(starts, len(level.ids)))
        numbers = np.arange(self._next_node, self._next_node + len(starts))
        self._next_node += len(starts)
        blobs = self._nodes(level, starts, counts)
        self._db.executemany(f"INSERT INTO {self._name('node')} VALUES (?,?)", zip(numbers.tolist(), blobs))
        self._write_children(children, level.ids, np.repeat(numbers, counts))
        low = np.minimum.reduceat(level.boxes, starts, axis=0)
        high = np.maximum.reduceat(level.boxes, starts, axis=0)
        return _Level(numbers, np.column_stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]]))

    def _tiled(self, level: _Level) -> _Level:
        """Sort into columns of boxes, and each column from bottom to top."""
        x, y = level.boxes[:, :2].mean(axis=1), level.boxes[:, 2:].mean(axis=1)
        nodes = len(x) / self._fan_out
        shape = (np.ptp(x) + 1e-12) / (np.ptp(y) + 1e-12)
        columns = min(max(int(np.sqrt(nodes * shape)), 1), int(nodes) + 1)
        rank = np.empty(len(x), dtype=np.int64)
        rank[np.argsort(x, kind="stable")] = np.arange(len(x))
        order = np.lexsort((y, rank * columns // len(x)))
        return _Level(level.ids[order], level.boxes[order])

    def _nodes(self, level: _Level, starts: np.ndarray, counts: np.ndarray) -> List[bytes]:
        cells = np.zeros(len(level.ids), dtype=_CELL)
        cells["id"], cells["box"] = level.ids, level.boxes
        data, size = cells.tobytes(), _CELL.itemsize
        blobs = []
        for start, count in zip(starts.tolist(), counts.tolist()):
            head = b"\0\0" + count.to_bytes(2, "big")
            blobs.append((head + data[start * size : (start + count) * size]).ljust(self._node_bytes, b"\0"))
        return blobs

    def _write_children(self, kind: str, ids: np.ndarray, nodes: np.ndarray) -> None:
        order = np.argsort(ids)
        rows = zip(ids[order].tolist(), nodes[order].tolist())
        self._db.executemany(f"INSERT INTO {self._name(kind)} VALUES (?,?)", rows)

    def _name(self, kind: str) -> str:
        return '"' + f"{self._table}_{kind}".replace('"', '""') + '"'


def _rounded_down(values: np.ndarray) -> np.ndarray:
    """As 32-bit floats that are not larger."""
    narrow = values.astype(np.float32)
    lower = np.nextafter(narrow, np.float32(-np.inf))
    return np.where(narrow.astype(np.float64) > values, lower, narrow)
