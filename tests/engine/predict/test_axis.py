"""Windows along one axis: every pixel once, weights that sum to 1, no window outside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rs_dino_engine.predict.axis import make_axis, reflect
from rs_dino_engine.predict.resample import Resampler


@st.composite
def axes(draw):
    stride = draw(st.sampled_from([1, 2, 16, 32]))
    window = stride * draw(st.integers(2, 20))
    length = draw(st.integers(1, 900))
    cell = draw(st.sampled_from([1, stride]))
    overlap = draw(st.integers(0, window // 2))
    step = max(stride, (window - overlap) // stride * stride)
    margin = draw(st.integers(0, (window - step) // 2))
    n_out = draw(st.sampled_from([length, -(-length // cell), max(1, length // 3), length * 2 + 1]))
    return make_axis(length, length, n_out, window, overlap, margin, cell, stride)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(axes())
def test_windows_together_give_the_whole(axis):
    """Weighting, cutting and resampling window by window equals resampling the whole."""
    whole = np.random.default_rng(0).normal(size=axis.n_cells).astype(np.float32)
    expected = axis.to_output.matrix(0, axis.n_out, 0, axis.n_cells) @ whole
    got, finished = np.zeros(axis.n_out), 0
    for window in range(len(axis.offsets)):
        span = axis.span(window)
        begin, end = axis.support(window)
        assert span.first == finished, "a window begins where the one before has finished"
        first_cell = axis.offsets[window] // axis.cell_px
        assert first_cell <= begin
        assert end <= first_cell + axis.window_cells
        got[span.first : span.end] += axis.output_matrix(window) @ whole[begin:end]
        finished = span.final
    assert finished == axis.n_out
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_no_weight_in_the_margin_and_full_weight_at_the_raster_border():
    axis = make_axis(1000, 1000, 1000, 256, 64, 16, 1, 1)
    for window, offset in enumerate(axis.offsets):
        begin, end = axis.support(window)
        weights = axis.weights(window)
        if window == 0:
            assert begin == 0
            assert weights[0] == 1.0
        else:
            assert begin >= offset + 16
        if window == len(axis.offsets) - 1:
            assert end == 1000
            assert weights[-1] == 1.0
        else:
            assert end <= offset + 256 - 16


def test_offsets_are_multiples_of_the_stride_and_the_last_window_moves_back_inside():
    axis = make_axis(1000, 1000, 1000, 256, 60, 0, 1, 32)
    assert all(offset % 32 == 0 for offset in axis.offsets)
    assert axis.offsets[-1] + 256 == 1024
    assert axis.overlap_px >= 60


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_reflection_mirrors_without_repeating_the_border(length):
    index = np.arange(-5, length + 9)
    expected = np.pad(np.arange(length), (5, 9), mode="reflect") if length > 1 else np.zeros(length + 14, dtype=int)
    np.testing.assert_array_equal(reflect(index, length), expected)


@pytest.mark.parametrize(("n_in", "n_out"), [(100, 100), (100, 37), (37, 100), (5, 1), (1, 5), (100, 200)])
def test_resampling_keeps_a_constant_and_a_slope(n_in, n_out):
    resampler = Resampler(n_in, n_out, n_in / n_out)
    matrix = resampler.matrix(0, n_out, 0, n_in)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=1e-6)
    inner = slice(n_out // 4, max(n_out // 4 + 1, 3 * n_out // 4))
    if min(n_in, n_out) > 20:
        centres = (np.arange(n_out) + 0.5) * n_in / n_out - 0.5
        np.testing.assert_allclose((matrix @ np.arange(n_in))[inner], centres[inner], atol=0.06)


def test_resampling_a_part_gives_the_values_of_the_whole():
    resampler = Resampler(501, 173, 501 / 173)
    signal = np.random.default_rng(1).normal(size=501)
    whole = resampler.matrix(0, 173, 0, 501) @ signal
    low, high = resampler.taps(60, 90)
    np.testing.assert_allclose(resampler.matrix(60, 90, low, high) @ signal[low:high], whole[60:90], atol=1e-6)
