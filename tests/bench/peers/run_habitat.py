"""habitat-mapper over a scene: ``run_habitat.py SCENE MODEL.onnx OUT.tif``, under a Python that has it."""

from __future__ import annotations

import numpy as np
from running import PureTime, arguments, run


def main() -> None:
    chosen = arguments().parse_args()
    from habitat_mapper.config import ModelConfig
    from habitat_mapper.model import ONNXModel
    from habitat_mapper.processing import ImageProcessor

    model = ONNXModel(
        ModelConfig(
            name="bench",
            revision="20260101",
            dependencies=[str(chosen.model.absolute())],
            model_filename=chosen.model.name,
            normalization=None,
        )
    )
    window = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    session = model._ort_sess
    pure = PureTime(lambda: session.run(None, {model._input_name: window}), chosen.windows, chosen.share)
    # its median filter would hide what its blending does
    processor = ImageProcessor.from_model(model, crop_size=512, blur_kernel_size=1, quiet=True)
    run("habitat-mapper", lambda: processor.run(str(chosen.scene), str(chosen.out)), pure, chosen)


if __name__ == "__main__":
    main()
