from PyQt6.QtSql import *  # noqa: F403
