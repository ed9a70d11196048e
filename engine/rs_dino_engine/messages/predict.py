"""What is said about a prediction."""

TEXTS: dict = {}
