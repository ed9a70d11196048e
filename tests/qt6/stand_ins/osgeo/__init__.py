"""GDAL is QGIS's; nothing that is drawn asks it."""

gdal = ogr = None
