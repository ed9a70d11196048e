"""What one row of windows leaves over for the next: float32 rows across a block, a piece for each window column.

A wide raster's would be most of what a run holds, so on a processor they lie in a file: each piece is read and written
once a row. On other devices they stay where the windows are joined.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Optional

import numpy as np
import torch
from typing_extensions import Protocol

IN_MEMORY_BYTES = 2**23
_FLOAT_BYTES = 4


class OverlapRows(Protocol):
    """Pieces ``(channels, rows, width)`` that begin at column ``at``, zeros at first. A column is always asked for with
    the same width."""

    def take(self, at: int, width: int) -> torch.Tensor:
        """A piece, to be changed and put back."""
        ...

    def put(self, at: int, piece: torch.Tensor) -> None:
        """The piece that was taken there."""
        ...

    def save(self, path: Path) -> None:
        """Copy all of them into a file, for :meth:`load`."""
        ...

    def load(self, path: Path) -> None: ...

    def close(self) -> None: ...


def overlap_rows(channels: int, rows: int, width: int, device: str, file: Optional[Path]) -> OverlapRows:
    """Rows across ``width`` columns. ``file`` is where many of them go; None keeps them in memory."""
    if file is None or device != "cpu" or channels * rows * width * _FLOAT_BYTES <= IN_MEMORY_BYTES:
        return InMemory(channels, rows, width, device)
    return InFile(channels, rows, width, file)


class InMemory:
    """One tensor, in which each piece is contiguous."""

    def __init__(self, channels: int, rows: int, width: int, device: str) -> None:
        self._channels, self._rows = channels, rows
        self._values = torch.zeros(channels * rows * width, dtype=torch.float32, device=device)

    def take(self, at: int, width: int) -> torch.Tensor:
        column = self._channels * self._rows
        return self._values[column * at : column * (at + width)].view(self._channels, self._rows, width)

    def put(self, at: int, piece: torch.Tensor) -> None:
        """Nothing to do: what was taken is the memory itself."""

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            file.write(self._values.cpu().numpy().data)

    def load(self, path: Path) -> None:
        self._values.copy_(torch.from_numpy(np.fromfile(str(path), dtype=np.float32)))

    def close(self) -> None:
        pass


class InFile:
    """The same values in the same order, in a file."""

    def __init__(self, channels: int, rows: int, width: int, path: Path) -> None:
        self._channels, self._rows, self._path = channels, rows, path
        self._file = path.open("w+b")
        self._file.truncate(channels * rows * width * _FLOAT_BYTES)  # reads as zeros

    def take(self, at: int, width: int) -> torch.Tensor:
        piece = np.empty((self._channels, self._rows, width), dtype=np.float32)
        self._seek(at)
        if self._file.readinto(piece.data) != piece.nbytes:
            raise OSError(f"{self._path} is shorter than it was written")
        return torch.from_numpy(piece)

    def put(self, at: int, piece: torch.Tensor) -> None:
        self._seek(at)
        self._file.write(piece.numpy().data)

    def save(self, path: Path) -> None:
        self._file.flush()
        shutil.copyfile(str(self._path), str(path))

    def load(self, path: Path) -> None:
        self._file.seek(0)
        with path.open("rb") as source:
            shutil.copyfileobj(source, self._file)

    def close(self) -> None:
        self._file.close()
        self._path.unlink()

    def _seek(self, at: int) -> None:
        self._file.seek(self._channels * self._rows * at * _FLOAT_BYTES)
