"""What is said about models and their files."""

TEXTS = {
    "model-unknown": "There is no model called {name}. Known are: {known}. A folder or a checkpoint file can be given too.",
}
