"""The engine's tasks as Processing algorithms."""
