"""``python -m rs_dino_engine`` is ``rs-dino``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
