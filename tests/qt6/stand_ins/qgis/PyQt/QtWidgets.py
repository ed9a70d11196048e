from PyQt6.QtGui import QAction, QShortcut  # noqa: F401 - QGIS leaves them where Qt 5 had them
from PyQt6.QtWidgets import *  # noqa: F403
