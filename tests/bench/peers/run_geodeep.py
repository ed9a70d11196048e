"""GeoDeep over a scene: ``run_geodeep.py SCENE MODEL.onnx OUT.tif``, under a Python that has geodeep."""

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
    from geodeep import geodeep, segmentation
    from geodeep.inference import create_session

    session, config = create_session(str(chosen.model))
    geodeep.create_session = lambda *given, **named: (session, config)  # loading is not part of the time
    window = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    pure = PureTime(lambda: session.run(None, {config["input_name"]: window}), chosen.windows, chosen.share)

    def work() -> None:
        labels = geodeep.segment(str(chosen.scene), str(chosen.model))
        segmentation.save_mask_to_raster(str(chosen.scene), labels, str(chosen.out))

    pure.sample()
    cost = cost_of(work)
    pure.sample()
    result = {"tool": "GeoDeep", "seconds": round(cost.seconds, 3), "cpu_s": round(cost.cpu_s, 2)}
    result.update(peak_mb=round(cost.peak_mb), labels=str(chosen.out), **pure.of(chosen.windows))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
