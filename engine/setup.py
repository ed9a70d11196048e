"""In a checkout models, samples and catalogue are copied into the package before it is built: the wheel has them."""

import sys
from pathlib import Path

from setuptools import setup

STAGING = Path(__file__).resolve().parent / "staging"

if (STAGING / "engine_data.py").is_file():
    sys.path.insert(0, str(STAGING))
    from engine_data import stage_engine_data

    stage_engine_data()

setup()
