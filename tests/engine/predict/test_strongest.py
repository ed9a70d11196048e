"""The channel of the largest value, the first of equal ones, at any number of channels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from rs_dino_engine.predict.products import strongest


@pytest.mark.parametrize("channels", [1, 2, 4, 200])
def test_strongest_is_the_first_largest(channels: int) -> None:
    generator = torch.Generator().manual_seed(channels)
    values = torch.randint(-3, 4, (channels, 40, 60), generator=generator).to(torch.float32)[:, :, 3:50]
    found = strongest(values)
    assert found.dtype == torch.uint8
    np.testing.assert_array_equal(found.numpy(), values.numpy().argmax(axis=0)[None])
