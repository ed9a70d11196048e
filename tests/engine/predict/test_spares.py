"""Outputs are moved to buffers that are used again."""

from __future__ import annotations

import torch
from rs_dino_engine.predict.spares import Spares


def test_a_buffer_given_back_is_used_again() -> None:
    spares, values = Spares(), torch.arange(12.0).reshape(3, 4)
    first = spares.kept(values)
    assert torch.equal(first, values) and first.data_ptr() != values.data_ptr()
    second = spares.kept(values + 1)  # the first is still in use
    assert second.data_ptr() != first.data_ptr() and torch.equal(first, values)
    spares.give_back(first)
    assert spares.kept(values + 2).data_ptr() == first.data_ptr()


def test_other_shapes_and_types_get_their_own() -> None:
    spares = Spares()
    spares.give_back(spares.kept(torch.zeros(2, 3)))
    assert spares.kept(torch.ones(3, 2)).shape == (3, 2)
    assert spares.kept(torch.ones(2, 3, dtype=torch.float64)).dtype == torch.float64
