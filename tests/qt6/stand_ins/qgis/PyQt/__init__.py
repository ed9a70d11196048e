"""PyQt6 under QGIS's name for it."""

from PyQt6 import sip  # noqa: F401
