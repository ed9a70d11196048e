"""Overlap rows in memory and in a file are the same values in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from rs_dino_engine.predict.overlap_rows import IN_MEMORY_BYTES, InFile, InMemory, overlap_rows

WIDTHS = [5, 0, 9, 1]


def put_everywhere(rows, seed: int) -> None:
    generator, at = torch.Generator().manual_seed(seed), 0
    for width in WIDTHS:
        piece = rows.take(at, width)
        piece += torch.randn(3, 4, width, generator=generator)
        rows.put(at, piece)
        at += width


def everything(rows) -> torch.Tensor:
    at = [sum(WIDTHS[:number]) for number in range(len(WIDTHS))]
    return torch.cat([rows.take(a, width) for a, width in zip(at, WIDTHS)], dim=2).clone()


def made(kind: str, folder: Path):
    return InMemory(3, 4, 15, "cpu") if kind == "memory" else InFile(3, 4, 15, folder / "rows")


@pytest.mark.parametrize("kind", ["memory", "file"])
@pytest.mark.parametrize("other", ["memory", "file"])
def test_what_was_put_is_taken_and_can_be_loaded_by_either(tmp_path, kind, other):
    rows, expected = made(kind, tmp_path), InMemory(3, 4, 15, "cpu")
    assert not everything(rows).any()
    for seed in (1, 2):
        put_everywhere(rows, seed)
        put_everywhere(expected, seed)
    assert torch.equal(everything(rows), everything(expected))
    rows.save(tmp_path / "kept")
    rows.close()
    assert not (tmp_path / "rows").exists()
    again = made(other, tmp_path)
    again.load(tmp_path / "kept")
    assert torch.equal(everything(again), everything(expected))
    again.close()


def test_a_file_that_lost_its_end_is_no_zeros(tmp_path):
    rows = InFile(3, 4, 15, tmp_path / "rows")
    (tmp_path / "rows").write_bytes(b"")
    with pytest.raises(OSError, match="shorter"):
        rows.take(0, 15)
    rows.close()


def test_only_what_is_large_and_on_a_processor_goes_into_a_file(tmp_path):
    wide = IN_MEMORY_BYTES // (4 * 12) + 1
    rows = overlap_rows(3, 4, wide, "cpu", tmp_path / "rows")
    assert isinstance(rows, InFile)
    rows.close()
    assert isinstance(overlap_rows(3, 4, wide - 1, "cpu", tmp_path / "rows"), InMemory)
    assert isinstance(overlap_rows(3, 4, wide, "cpu", None), InMemory)
    assert isinstance(overlap_rows(3, 4, wide, "meta", tmp_path / "rows"), InMemory)
