"""Fixtures of :mod:`conftest_vector`, a module of its own so that tests can import from it too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest_vector import make, write  # noqa: E402, F401
