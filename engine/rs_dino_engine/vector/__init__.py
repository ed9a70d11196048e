"""Labels become polygons: runs -> regions -> outlines -> geometry -> file, strip by strip."""
