"""What is said about devices."""

TEXTS: dict = {}
