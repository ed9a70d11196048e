"""Talks to an engine: starts jobs, follows them, stops them. Standard library only: no QGIS, no Qt."""
