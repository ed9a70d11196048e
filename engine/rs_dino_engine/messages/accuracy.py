"""What is said about references, accuracy and tables."""

TEXTS = {
    "references-missing": "The file of references {path} does not exist.",
    "references-unreadable": "The file of references {path} cannot be read: {reason}.",
    "references-no-field": "The references {path} have no field {field}. They have: {fields}.",
    "references-empty": "The file of references {path} holds neither a point nor a polygon.",
    "references-nowhere": "No reference in {path} lies on the map.",
    "references-unknown": "The field {field} holds {wanted}, which is no class of the map. Its classes are: {known}.",
    "references-not-numbers": "The field {field} holds {value}; heights are numbers of metres.",
    "references-left-out": "{count} of {of} references lie outside the map or on nodata; they are left out.",
    "references-unlabelled": "{count} of {of} references have nothing in the field {field}; they are left out.",
    "references-odd-heights": "{count} of {of} references are no heights ({low} to {high} m); they are left out.",
    "references-none-labelled": "{count} of {of} references lie on the map, and none of them has anything in the field "
    "{field}: fill it in first.",
    "references-none-left": "No reference is left to compare the map with.",
    "references-polygons": "Each of {count} polygons counts by one pixel drawn at random inside it: the pixels of one "
    "polygon are not independent of each other, and counting them all would make intervals far too narrow.",
    "strata-other-grid": "The strata {strata} lie on another grid than the map {labels}.",
    "accuracy-counting": "Measuring the classes of {raster}.",
    "accuracy-comparing": "Comparing {count} references with {raster}.",
    "accuracy-not-assessed": "No reference lies on {names}, which takes {share} % of the map: accuracies and areas are "
    "about the rest of it.",
    "accuracy-no-interval": "Fewer than {fewest} references lie on {names}, so these intervals cannot be told: the "
    "class's own, that of the overall accuracy, and those of areas and producer's accuracies.",
    "accuracy-few": "Fewer than {few} references lie on {names}: the figures of such classes say little.",
    "accuracy-no-ground": "The map is not tied to the ground, so areas are numbers of pixels.",
    "accuracy-design": "Intervals are of 95 % and hold where the references were drawn at random inside each class of "
    "the map, as by “sample-points”, and labelled without looking at the map.",
    "values-not-classes": "{path} holds values that are not whole numbers; take it as heights instead.",
    "values-several-bands": "{path} has {count} bands; one band of classes or heights is needed.",
    "zones-measuring": "Measuring {count} polygons on {raster}.",
    "zones-outside": "{count} of {of} polygons lie outside the raster or on nodata; their fields stay empty.",
    "zones-nowhere": "None of the {of} polygons in {path} lies on the raster.",
    "zones-empty": "The file {path} holds no polygon.",
    "zones-missing": "The file of polygons {path} does not exist.",
    "zones-unreadable": "The file of polygons {path} cannot be read: {reason}.",
    "sample-drawing": "Drawing {count} points in {classes} classes.",
    "sample-drawn": "{count} points were drawn. Fill in the field “class” from imagery, without looking at the map.",
    "sample-too-few": "{count} points are too few for {classes} classes with at least {least} each.",
    "sample-rare": "The class {name} has {pixels} pixels only; {drawn} points were drawn there.",
    "sample-empty": "The map {path} has no pixel with a class.",
}
