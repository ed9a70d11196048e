"""Training: losses, metrics, augmentation, schedules, and the loop that survives being stopped."""
