"""Large blocks stay with the process while a model runs, whichever thread freed them, and go back afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
import numpy as np
from pathlib import Path
from rs_dino_engine.devices.allocator import give_back_memory, keep_freed_memory

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

def faults(times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.ones(24 * 2**20, dtype=np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

assert keep_freed_memory()
before = resident_mb()
faults(1)
kept = resident_mb() - before
again = faults(5)
give_back_memory()
print(round(kept), again, round(resident_mb() - before))
"""

MIXED = """
import resource, sys
import numpy as np
from pathlib import Path
from rs_dino_engine.devices.allocator import keep_freed_memory, stop_keeping_memory

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

assert keep_freed_memory()
if sys.argv[1] == "stop":
    stop_keeping_memory()
before, kept = resident_mb(), []
for size_mb in range(4, 40, 4):
    large = np.ones(size_mb * 2**20, dtype=np.uint8)
    kept.append(np.ones(2**16, dtype=np.uint8))
    del large
print(round(resident_mb() - before))
"""

HEAPS = """
import ctypes, tempfile, threading
from pathlib import Path
from rs_dino_engine.devices.allocator import keep_freed_memory

assert keep_freed_memory()
library = ctypes.CDLL(None)
library.fopen.restype = library.malloc.restype = ctypes.c_void_p
all_there = threading.Barrier(7)

def work():
    taken = library.malloc(2**20)
    all_there.wait()
    library.free(ctypes.c_void_p(taken))

threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
all_there.wait()
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "heaps.xml")
    file = ctypes.c_void_p(library.fopen(str(path).encode(), b"w"))
    library.malloc_info(0, file)
    library.fclose(file)
    print(path.read_text().count("<heap "))
"""

only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator is Linux'")


@only_linux
def test_threads_share_two_heaps() -> None:
    said = subprocess.run([sys.executable, "-c", HEAPS], check=True, capture_output=True, text=True)
    assert int(said.stdout) <= 2


@only_linux
def test_a_freed_block_is_used_again_and_then_given_back() -> None:
    said = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True)
    kept_mb, faults, left_mb = map(int, said.stdout.split())
    assert kept_mb > 15
    assert faults < 500, "the block was mapped anew"
    assert left_mb < 10


@only_linux
def test_blocks_of_many_sizes_leave_nothing_behind_once_it_stopped_keeping() -> None:
    left = {}
    for mode in ("keep", "stop"):
        said = subprocess.run([sys.executable, "-c", MIXED, mode], check=True, capture_output=True, text=True)
        left[mode] = int(said.stdout)
    assert left["stop"] < 5 < left["keep"]
