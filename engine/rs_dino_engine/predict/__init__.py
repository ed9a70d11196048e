"""Prediction: one frozen plan, then windows -> batches -> model -> blend -> parts -> files, at flat memory."""
