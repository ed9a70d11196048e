"""habitat-mapper over a scene: ``run_habitat.py SCENE MODEL.onnx OUT.tif``, under a Python that has it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from measure import PureTime, cost_of


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("scene", type=Path)
    arguments.add_argument("model", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--windows", type=int, default=256)
    arguments.add_argument("--share", type=float, default=0.5)
    chosen = arguments.parse_args()
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
    pure.sample()
    cost = cost_of(lambda: processor.run(str(chosen.scene), str(chosen.out)))
    pure.sample()
    result = {"tool": "habitat-mapper", "seconds": round(cost.seconds, 3), "cpu_s": round(cost.cpu_s, 2)}
    result.update(peak_mb=round(cost.peak_mb), labels=str(chosen.out), **pure.of(chosen.windows))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
