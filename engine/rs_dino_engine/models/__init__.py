"""Models: what they are (spec), how they are loaded, and the networks behind them."""
