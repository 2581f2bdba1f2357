"""Our PNG files, read by somebody else."""

import io

import numpy as np
from PIL import Image

from hil.report.png import png


def test_another_reader_sees_the_same_pixels():
    picture = np.random.default_rng(3).integers(0, 256, (31, 47, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), picture)
