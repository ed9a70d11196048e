"""What is said about polygons."""

TEXTS: dict = {}
