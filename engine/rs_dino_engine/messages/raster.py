"""What is said about rasters."""

TEXTS = {
    "raster-missing": "The raster {path} does not exist.",
    "raster-unreadable": "The raster {path} cannot be read: {reason}.",
    "raster-empty": "The raster {path} has no pixel with a value.",
}
