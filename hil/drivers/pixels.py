"""Raw pixels out of a picamera2 request, as numbers of the mode's bit depth whatever the platform made of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.measure.raw import unpack_csi2p


def raw_pixels(request: Any, bits: int) -> NDArray[np.uint16]:
    """The raw stream of a completed request, uint16 [height, width] in DN of `bits`; the caller's own copy."""
    config = request.config["raw"]
    width, height = config["size"]
    # picamera2 hands raw buffers over as bytes [height, stride]; the copy is ours to keep.
    data = request.make_array("raw")
    if config["format"].endswith("_CSI2P"):
        return unpack_csi2p(data, width, bits)
    if config["format"].endswith("_PISP_COMP1"):
        data = request.picam2.helpers.decompress(data)
    if _container_bits(config["format"]) == 8:
        wide: NDArray[np.uint16] = data[:height, :width].astype(np.uint16)
        return wide
    pixels: NDArray[np.uint16] = data.view(np.uint16)[:height, :width] if data.dtype == np.uint8 else data[:height, :width]
    if _container_bits(config["format"]) == 16 and bits < 16:
        # PiSP left-aligns every bit depth in 16 bits; shifted in place, as the copy is ours.
        np.right_shift(pixels, np.uint16(16 - bits), out=pixels)
    return pixels


def dng_of(request: Any) -> bytes:
    """The raw stream of a completed request as a DNG file."""
    file = io.BytesIO()
    request.save_dng(file)
    return file.getvalue()


def bayer_order(raw_format: str) -> str:
    """Colours of the top-left 2x2 of a raw format: "RGGB"; "MONO" for a sensor without colours."""
    return "".join(c for c in raw_format.split("_")[0] if c in "RGB")[:4] or "MONO"


def _container_bits(raw_format: str) -> int:
    digits = raw_format.split("_")[0].lstrip("SRGB")
    return int(digits) if digits else 16
