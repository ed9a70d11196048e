"""RS-DINO's engine: rasters in, maps out."""

__version__ = "0.1.0"
