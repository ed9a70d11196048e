"""usage: shrink_pictures.py FOLDER - PNG files with 256 colours each: the rare ones of a legend are kept"""

import sys
from pathlib import Path

from PIL import Image

for path in Path(sys.argv[1]).glob("*.png"):
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
