"""Blocks that stand for a whole raster."""

import numpy as np
import pytest
from rs_dino_engine.raster.blocks import scattered, valid_values


def test_the_same_blocks_for_ever():
    """What a stretch was made from must not depend on the version of anything."""
    blocks = scattered(3000, 2000, 8, 128)
    assert blocks[:2] == [(232, 360, 92, 220), (142, 270, 332, 460)]
    assert blocks[-1] == (2786, 2914, 1809, 1937)


@pytest.mark.parametrize(("height", "width", "per_side", "block_px"), [(3000, 2000, 8, 128), (700, 5000, 24, 128)])
def test_one_in_every_cell(height, width, per_side, block_px):
    rows, cols = (np.linspace(0, size, per_side + 1).astype(int) for size in (height, width))
    blocks = iter(scattered(height, width, per_side, block_px))
    for row in range(per_side):
        for col in range(per_side):
            r0, r1, c0, c1 = next(blocks)
            assert rows[row] <= r0 < r1 <= rows[row + 1] and cols[col] <= c0 < c1 <= cols[col + 1]
            assert r1 - r0 == min(block_px, rows[row + 1] - rows[row])
            assert c1 - c0 == min(block_px, cols[col + 1] - cols[col])
    assert next(blocks, None) is None


def test_a_raster_thinner_than_its_cells():
    blocks = scattered(3, 5000, 8, 128)
    assert len(blocks) == 3 * 8
    assert {r1 - r0 for r0, r1, _, _ in blocks} == {1}
    assert len(scattered(1, 1, 6, 1)) == 1


def test_what_is_not_valid_is_left_out():
    pixels = np.arange(12).reshape(2, 2, 3)
    assert valid_values(pixels, None).tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    valid = np.array([[True, False, False], [False, False, True]])
    assert valid_values(pixels, valid).tolist() == [[0, 5], [6, 11]]
