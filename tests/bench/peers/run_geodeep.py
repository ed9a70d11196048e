"""GeoDeep over a scene: ``run_geodeep.py SCENE MODEL.onnx OUT.tif``, under a Python that has geodeep."""

from __future__ import annotations

import numpy as np
from running import PureTime, arguments, run


def main() -> None:
    chosen = arguments().parse_args()
    from geodeep import geodeep, segmentation
    from geodeep.inference import create_session

    session, config = create_session(str(chosen.model))
    geodeep.create_session = lambda *given, **named: (session, config)  # loading is not part of the time
    window = np.random.default_rng(0).random((1, 3, 512, 512), dtype=np.float32)
    pure = PureTime(lambda: session.run(None, {config["input_name"]: window}), chosen.windows, chosen.share)

    def work() -> None:
        labels = geodeep.segment(str(chosen.scene), str(chosen.model))
        segmentation.save_mask_to_raster(str(chosen.scene), labels, str(chosen.out))

    run("GeoDeep", work, pure, chosen)


if __name__ == "__main__":
    main()
