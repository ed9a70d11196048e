"""What is said about jobs and requests."""

TEXTS = {
    "cancelled": "Cancelled.",
    "internal": "Something went wrong that should not have: {reason}. The log has the details: {log}.",
}
