"""What is said about training and data sets."""

TEXTS: dict = {}
