"""Deepness' published design over a scene: ``run_deepness.py SCENE MODEL.onnx OUT.npy --repo FOLDER``.

Runs under the system's Python with PyQGIS. ``--repo`` is a checkout of the plugin's repository. The time ends when
its label image is complete in memory; the polygons that it would make next are left out.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from running import PureTime, arguments, cost_of

WINDOW_PX, OVERLAP_PX = 512, 128


def parameters(layer: Any, model: Any, resolution_cm: float) -> Any:
    """What a person would fill into its dock."""
    from deepness.common.channels_mapping import ChannelsMapping, ImageChannelStandaloneBand
    from deepness.common.processing_overlap import ProcessingOverlap, ProcessingOverlapOptions
    from deepness.common.processing_parameters.map_processing_parameters import ProcessedAreaType
    from deepness.common.processing_parameters.segmentation_parameters import SegmentationParameters

    channels = ChannelsMapping()
    channels.set_number_of_model_inputs(3)
    channels.set_image_channels([ImageChannelStandaloneBand(n, f"band {n}") for n in (1, 2, 3)])
    return SegmentationParameters(
        resolution_cm_per_px=resolution_cm,
        processed_area_type=ProcessedAreaType.ENTIRE_LAYER,
        tile_size_px=WINDOW_PX,
        batch_size=1,
        local_cache=False,
        input_layer_id=layer.id(),
        mask_layer_id=None,
        processing_overlap=ProcessingOverlap(ProcessingOverlapOptions.OVERLAP_IN_PIXELS, overlap_px=OVERLAP_PX),
        input_channels_mapping=channels,
        postprocessing_dilate_erode_size=0,
        model=model,
        pixel_classification__probability_threshold=0.0,
    )


def main() -> None:
    parser = arguments()
    parser.add_argument("--repo", type=Path, required=True)
    chosen = parser.parse_args()
    sys.path.insert(0, str(chosen.repo / "src"))
    from qgis.core import QgsApplication, QgsProject, QgsRasterLayer

    application = QgsApplication([], False)
    application.initQgis()
    import deepness  # noqa: F401  (sets what has to be set before cv2 is imported)
    from deepness.processing.map_processor.map_processor_segmentation import MapProcessorSegmentation
    from deepness.processing.models.segmentor import Segmentor

    layer = QgsRasterLayer(str(chosen.scene), "scene")
    QgsProject.instance().addMapLayer(layer)
    model = Segmentor(str(chosen.model))
    window = np.random.default_rng(0).random((1, 3, WINDOW_PX, WINDOW_PX), dtype=np.float32)
    pure = PureTime(lambda: model.sess.run(None, {model.input_name: window}), chosen.windows, chosen.share)
    result = run(MapProcessorSegmentation, layer, model, pure)
    result["labels"] = str(chosen.out)
    np.save(chosen.out, result.pop("image"))
    result.update(pure.of(chosen.windows))
    print(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)  # PyQGIS' own clean-up is not what is measured


def run(processor_class: Any, layer: Any, model: Any, pure: PureTime) -> dict[str, Any]:
    resolution_cm = layer.rasterUnitsPerPixelX() * 100
    timing = {}

    class Timed(processor_class):
        """Marks the moment at which the label image is complete."""

        def set_results_img(self, img: Any) -> None:
            super().set_results_img(img)
            timing["labels"] = perf_counter()

        def _create_vlayer_from_mask_for_base_extent(self, mask_img: Any) -> Any:
            return lambda: None

    with redirect_stdout(sys.stderr):
        pure.sample()
        made = parameters(layer, model, resolution_cm)
        found = {}

        def work() -> None:
            timing["began"] = perf_counter()
            task = Timed(rlayer=layer, vlayer_mask=None, map_canvas=None, params=made)
            task.run()
            found["image"] = task.get_result_img()[0]
            found["windows"] = task.x_bins_number * task.y_bins_number

        cost = cost_of(work)
        pure.sample()
    return {
        "tool": "Deepness",
        "seconds": round(timing["labels"] - timing["began"], 3),
        "cpu_s": round(cost.cpu_s, 2),
        "peak_mb": round(cost.peak_mb),
        "windows": found["windows"],
        "image": found["image"].astype(np.uint8) - 1,
    }


if __name__ == "__main__":
    main()
