"""What is said about rasters."""

TEXTS = {
    "raster-missing": "The raster {path} does not exist.",
    "raster-unreadable": "The raster {path} cannot be read: {reason}.",
    "raster-empty": "The raster {path} has no pixel with a value.",
    "raster-none": "No raster was found in {path}.",
    "raster-complex": "The raster {path} holds complex numbers; make a raster of magnitudes or phases first.",
    "raster-containers": "The file {path} holds several rasters; name one of them: {names}.",
    "raster-no-bands": "The raster {path} has no image band.",
    "raster-bands-unknown": "The raster {path} has no band {band}; its bands are {listed}.",
    "raster-palette": "The raster {path} has a colour table; its colours are used as red, green and blue.",
    "raster-gcps": "The raster {path} is placed by {count} ground control points only; it is straightened with them.",
    "raster-rpcs": "The raster {path} is placed by RPCs only; it is placed at height {height} m, so hills are shifted.",
    "raster-no-crs": "The raster {path} has no CRS; sizes on the ground are unknown.",
    "bands-by-name": "Bands {bands} of the raster are used, which carry the names {names}.",
    "bands-by-position": "Bands {bands} of the raster are used as {names}, by their order, as not all are named.",
    "bands-by-user": "Bands {bands} of the raster are used as {names}, as asked.",
    "bands-missing": "The model needs {needed}, but the raster has no {missing} ({listed}); say which to use.",
    "bands-too-few": "The model needs {wanted} bands ({needed}), but the raster has {count}.",
    "bands-count": "{given} bands were asked for, but the model needs {wanted}: {needed}.",
    "bands-unknown": "There is no band {band}; the raster has {listed}.",
}
