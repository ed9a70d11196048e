"""What is said about a prediction."""

TEXTS = {
    "window-fixed": "This model takes windows of exactly {fixed} pixels; a tile size of {wanted} cannot be used.",
    "overlap-too-small": "An overlap of {overlap} pixels is too small: this model needs at least {needed}, "
    "because the outer {margin} pixels of a window are not reliable.",
    "overlap-too-large": "An overlap of {overlap} pixels is more than half of a window of {window}; "
    "at most {allowed} can be used.",
    "batch-shrunk": "Memory ran out; {size} windows run together from here on.",
    "overflow-redone": "A number overflowed in {dtype}; these windows were computed again in fp32.",
    "model-not-finite": "The model {model} gave values that are not numbers.",
    "zones-no-aoi": "“Statistics per polygon” needs polygons: give an area of interest.",
    "seen-unlike": "{raster} looks unlike the pictures that {model} was taught on: {share} % of the sampled places are "
    "darker, brighter, flatter, rougher or of other colours than those. Its results may be far off; look at bands and "
    "stretch.",
    "aoi-outside": "The area of interest does not touch the raster {raster}.",
    "gsd-unknown": "{raster} has no coordinate system, so its pixel size is not known; it is taken as the {wanted} m "
    "this model was trained at.",
    "gsd-coarse": "{raster} has {gsd} m per pixel, this model was trained at {wanted} m: what it looks for may not "
    "be visible.",
    "tta-scales-fixed": "The model {model} takes one window size only; scales cannot be used with it.",
    "model-output-shape": "The model {model} gives {got} where its description promises {wanted}.",
    "model-other-task": "The model {model} is made for {task}, not for {wanted}.",
    "preflight": "{raster}: windows: {windows}, about {minutes} min, {memory} MB of memory beside the model, "
    "{disk} MB of disk.",
    "disk-too-small": "The results need about {needed} MB, but only {free} MB are free in {folder}.",
    "sheets-need-own-grid": "One output a sheet needs the sheets' own grid; use it with output grid: input.",
    "writing": "Writing {name}.",
    "raster-left-out": "{raster} was left out. {reason}",
    "model-licence": "Model: {model}. Licence: {licence}.",
    "windows-done": "{raster}: window {done} of {total}",
    # feature maps
    "features-sampling": "Looking at a sample of the rasters, so that all of them are shown alike.",
    "features-basis": "Three axes of {cells} sampled patches hold {shares} of what their features vary.",
    "features-too-few": "Only {cells} patches with valid pixels were found; that is too few for a feature map.",
    "basis-unreadable": "{path} is not a basis of a feature map: {reason}.",
    "basis-other-model": "{path} was made with another model; take that one, or leave the basis out.",
    # foreground
    "foreground-found": "{share} % of the sampled patches are taken as foreground.",
    "foreground-missing": "{path} was made without foreground only; leave out that option, or the file.",
    "foreground-raw": "All features are written for every pixel; foreground only goes with colours.",
    # clusters
    "clusters-fitting": "Looking for {count} clusters among {cells} sampled patches.",
    "clusters-too-few": "Only {cells} patches with valid pixels were found; that is too few for {count} clusters.",
    "centres-unreadable": "{path} does not hold centres of clusters: {reason}.",
    "centres-other-model": "{path} was made with another model; take that one, or leave the centres out.",
    # examples
    "examples-missing": "The file of examples {path} does not exist.",
    "examples-unreadable": "The file of examples {path} cannot be read: {reason}.",
    "examples-empty": "The file of examples {path} holds neither a point nor a polygon.",
    "examples-many": "{path} holds {count} examples; {used} of them, drawn at random, are used.",
    "examples-looking": "Looking at the examples ({count}).",
    "examples-left-out": "{count} of {of} examples in {path} lie outside the rasters or on nodata; they are left out.",
    "examples-nowhere": "All examples in {path} lie outside the rasters or on nodata; mark some on the pictures.",
    # several models in one run
    "maps-no-backbone": "{model} has no DINOv3 backbone that other models could share; run {task} on its own with it.",
    "maps-backbone": "{model} stands on another backbone than {first}, of another size, so one run cannot serve both; "
    "run {task} on its own with {model}.",
    "maps-weights": "The backbones of {model} and {first} have different weights, so one run cannot serve both; "
    "run {task} on its own with {model}.",
    "maps-bands": "{model} takes the bands {bands}, {first} takes {first_bands}, so one run cannot serve both; "
    "run {task} on its own with {model}.",
    "maps-normalisation": "{model} and {first} normalise pixels differently ({what}: {values}, and {first_values}), so "
    "one run cannot serve both; run {task} on its own with {model}.",
    "maps-normalisation-features": "{model} and {first} normalise pixels differently ({what}: {values}, and "
    "{first_values}), so one run cannot serve both; run {task} on its own with {model}, or leave out the model of "
    "features and ask for those of the shared backbone (--features).",
    "maps-gsd": "On {raster} {model} works at {gsd} m per pixel and {first} at {first_gsd} m, so one run cannot serve "
    "both; run {task} on its own with {model}.",
    "maps-window": "{model} is made for windows of {wanted} px, {first} for windows of {first_wanted} px; choose a tile "
    "size for both.",
    "maps-overlap": "{model} is made for an overlap of {wanted} px, {first} for one of {first_wanted} px; choose an "
    "overlap for both.",
    "maps-rounded": "{model} holds the backbone of {first} rounded to 16 bits; the exact one is used for both, so its "
    "results may differ a little from those it gives alone.",
}
