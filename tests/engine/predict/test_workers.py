"""Forward passes at once: the caller's threads are shared out and given back, errors come through."""

from __future__ import annotations

import threading

import pytest
import torch
from rs_dino_engine.predict.workers import Workers


@pytest.fixture(autouse=True)
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def test_two_run_at_once_with_half_of_the_threads_each() -> None:
    meet = threading.Barrier(2, timeout=20)

    def work(number: int) -> "tuple[int, int, str]":
        meet.wait()  # passes only when both are running
        return number, torch.get_num_threads(), threading.current_thread().name

    with Workers(2) as workers:
        found = [f.result() for f in [workers.submit(work, n) for n in range(2)]]
    assert [f[0] for f in found] == [0, 1]
    assert all(f[1] == 2 and f[2].startswith("forward") for f in found)
    assert torch.get_num_threads() == 4


def test_one_runs_where_it_is_called() -> None:
    with Workers(1) as workers:
        future = workers.submit(threading.current_thread)
    assert future.result() is threading.current_thread()


def test_an_error_is_the_callers() -> None:
    with Workers(2) as workers:
        future = workers.submit(int, "x")
    with pytest.raises(ValueError, match="invalid literal"):
        future.result()
    assert torch.get_num_threads() == 4


def test_what_has_not_begun_is_dropped_when_the_run_fails() -> None:
    begun, go = threading.Semaphore(0), threading.Event()

    def work() -> None:
        begun.release()
        go.wait(20)

    futures = []
    with pytest.raises(RuntimeError, match="stop"), Workers(2) as workers:
        futures += [workers.submit(work) for _ in range(5)]
        assert begun.acquire(timeout=20) and begun.acquire(timeout=20)
        threading.Timer(0.2, go.set).start()
        raise RuntimeError("stop")
    assert [f.cancelled() for f in futures] == [False, False, True, True, True]
