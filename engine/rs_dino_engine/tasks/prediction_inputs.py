"""The inputs that every prediction has, whatever the model gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from pydantic import model_validator

from .declaration import TaskInputs, declare


class PredictionInputs(TaskInputs):
    """Which rasters, where, with which windows, on which device. A task adds its ``model``, with its own default."""

    if TYPE_CHECKING:
        model: str

    rasters: List[str] = declare(
        "rasters",
        "Rasters",
        "Georeferenced image files, folders of them, or patterns such as ortho/*.tif.",
        positional=True,
        min_length=1,
    )
    output: str = declare("folder", "Output folder", "Where the results go.")
    mosaic: bool = declare(
        "flag",
        "One mosaic",
        "The rasters are sheets of one mosaic: one stretch, no seam at sheet edges.",
        default=False,
        advanced=True,
    )
    outputs_per_sheet: bool = declare(
        "flag",
        "One output a sheet",
        "For a mosaic: cut the results along the sheets again.",
        default=False,
        advanced=True,
    )
    bands: Optional[List[int]] = declare(
        "bands",
        "Bands",
        "Band numbers of the raster (from 1), in the order of the model's bands.",
        default=None,
    )
    aoi: Optional[str] = declare(
        "aoi",
        "Area of interest",
        "File of polygons, in any CRS; only windows that touch them are run, and outputs cover their bounding box.",
        default=None,
    )
    tile_size: Optional[int] = declare(
        "integer",
        "Tile size",
        "Side of a window, in pixels of the model's grid. Empty: what the model recommends.",
        default=None,
        unit="px",
        advanced=True,
        flag="--tile-size",
        ge=16,
    )
    overlap: Optional[str] = declare(
        "text",
        "Overlap",
        "Shared border of windows: pixels (64), or a fraction of the tile size (0.25).",
        default=None,
        advanced=True,
    )
    batch_size: Optional[int] = declare(
        "integer",
        "Batch size",
        "Windows that run together. Empty: fits the device.",
        default=None,
        advanced=True,
        ge=1,
    )
    device: str = declare("device", "Device", "auto, cpu, cuda:0, mps, gcu:0 …", default="auto")
    dtype: str = declare(
        "choice",
        "Precision",
        "fp32 is exact; bf16 and fp16 are faster where the device has them.",
        default="auto",
        choices=("auto", "fp32", "bf16", "fp16"),
        advanced=True,
    )
    stretch: str = declare(
        "text",
        "Stretch",
        "How values become what the model expects: auto, none, percentiles=2,98, range=0,3000, scale=0.0001.",
        default="auto",
        advanced=True,
    )
    tta: List[str] = declare(
        "choices",
        "Test-time augmentation",
        "Runs the model on turned or scaled copies and averages.",
        default=[],
        choices=("flips", "rotations", "scales"),
        advanced=True,
    )
    input_scale: float = declare(
        "number",
        "Input scale",
        "2 shows the model everything twice as large, for small objects: finer maps, four times the work. "
        "0.5 does the opposite.",
        default=1.0,
        advanced=True,
        ge=0.25,
        le=8,
    )
    output_grid: str = declare(
        "choice",
        "Output grid",
        "The raster's own grid, or the grid the model works on.",
        default="input",
        choices=("input", "model"),
        advanced=True,
    )
    preflight: bool = declare(
        "flag",
        "Only check",
        "Say what would be done, and stop.",
        default=False,
        advanced=True,
    )

    @model_validator(mode="after")
    def _overlap_is_a_number(self) -> "PredictionInputs":
        if self.overlap is not None:
            try:
                value = float(self.overlap)
            except ValueError:
                raise ValueError(f"overlap is {self.overlap!r}; it must be pixels (64) or a fraction (0.25)") from None
            if value < 0:
                raise ValueError("overlap must not be negative")
        return self
