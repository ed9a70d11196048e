"""How the C library's allocator treats the large blocks that a forward pass takes and frees again and again.

glibc hands every block above 32 MB, and many smaller ones, back to the system at once; the next pass then has
them cleared and mapped page by page, which takes up to a sixth of the time of a convolution. Elsewhere than on
glibc nothing is changed.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Optional

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_KEPT_BYTES = (2**30, 2**25)  # glibc before 2.35 takes no threshold above 32 MB
_USUAL_BYTES = 2**17
_ARENAS = 2
"""Heaps that all threads share. A heap of its own for every thread, which is the default, keeps what each of them has
freed from the others, and the peak becomes the sum of theirs: 234 MB against 153 MB for a ViT-S and two passes at
once."""


def keep_freed_memory() -> bool:
    """From now on freed blocks stay with the process, whose peak is as high as before; says whether it worked."""
    library = _glibc()
    if library is None:
        return False
    library.mallopt(_ARENA_MAX, _ARENAS)
    kept = any(library.mallopt(_MMAP_THRESHOLD, size) for size in _KEPT_BYTES)
    return kept and bool(library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES[0]))


def stop_keeping_memory() -> None:
    """After the forward passes: large blocks come from the system and go back to it. What follows takes blocks of many
    sizes, between which a heap that keeps them all grows and grows."""
    library = _glibc()
    if library is not None:
        library.mallopt(_MMAP_THRESHOLD, _USUAL_BYTES)
        library.mallopt(_TRIM_THRESHOLD, _USUAL_BYTES)
        library.malloc_trim(0)


def give_back_memory() -> None:
    """Hand what is free back to the system."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> Optional[Any]:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None
