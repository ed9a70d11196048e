"""What is said about polygons."""

TEXTS = {
    "labels-not-whole": "The raster {path} holds values that are not whole numbers: it is no map of classes.",
    "labels-several-bands": "The raster {path} has {count} bands; one band of labels is needed.",
    "labels-by-points": "The labels {path} are placed by control points only; warp them first (gdalwarp -r near).",
    "labels-too-wide": "The labels of {path} are {dtype}; they must fit 32-bit integers.",
    "confidence-other-grid": "The confidence raster {path} lies on another grid than the labels {labels}.",
    "confidence-beside": "The mean confidence is taken from {path}, which lies beside the labels.",
    "vector-format-unknown": "A layer cannot be written as {path}; the endings that are known are {known}.",
    "vector-format-needs": "Writing {extension} needs the package {package}: pip install {package}.",
    "vector-shapefile-limit": "The polygons take {gb} GB, and a Shapefile holds 2 GB: write {path} as .gpkg instead.",
    "vector-class-unknown": "There is no class {wanted}; the raster's classes are {known}.",
    "vectorizing": "Making polygons of {raster}.",
    "vectorized": "{count} polygons were written.",
    # trees
    "trees-need": "Finding trees needs the package {package}; install it beside the engine.",
    "trees-no-scale": "Trees can only be found where the size of a pixel on the ground is known; this raster has no CRS.",
    "trees-coarse": "Single trees cannot be told apart at {gsd} m per pixel; at most {limit} m will do.",
}
