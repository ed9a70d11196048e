"""What the examination of an installation says."""

TEXTS = {
    "doctor-version": "{version} in {folder}",
    "doctor-python": "{version} on {system}, {path}",
    "doctor-package": "{version}",
    "doctor-torch": "{version}, built for the processor",
    "doctor-torch-gpu": "{version}, built for graphics cards ({gpu})",
    "doctor-rasterio": "{version} with GDAL {gdal}",
    "doctor-broken": "does not load: {reason}",
    "doctor-without-onnxruntime": "does not load ({reason}); only for models in .onnx files",
    "doctor-without-skimage": "does not load ({reason}); only for tree tops and crowns",
    "doctor-without-pyarrow": "does not load ({reason}); only for GeoParquet files",
    "doctor-without-timm": "does not load ({reason}); only for further backbones",
    "doctor-precision": "Computes in {dtype} unless another precision is chosen.",
    "doctor-not-asked": "cannot be asked: {reason}",
    "doctor-room": "{free} GB free of {total} GB",
    "doctor-disk": "{free} GB free of {total} GB, {folder}",
    "doctor-disk-unwritable": "{free} GB free of {total} GB, {folder}, which cannot be written into",
    "doctor-processors": "{count}",
    "doctor-models": "{names}",
    "doctor-no-models": "none found, not even those that come with the engine: install it again",
    "doctor-folder": "{folder}",
}
