"""The raster door: the only place where pixels come in (:mod:`.source`) and go out (:mod:`.sink`)."""
