"""What a simulated run needs to be installed, and the one line that is said when it is not."""

from __future__ import annotations

from importlib.util import find_spec

from hil.errors import UserError

BROUGHT = ("PIL", "av", "piexif", "simplejpeg")
"""What picamera2 imports and `rpi-camera-hil[sim]` brings; on a Raspberry Pi apt's picamera2 has them."""


def require_picamera2() -> None:
    """UserError, of one line, if there is no picamera2 that a simulated run could run on."""
    lacking = [name for name in BROUGHT if find_spec(name) is None]
    steps = ["pip install 'rpi-camera-hil[sim]'"] if lacking else []
    if find_spec("picamera2") is None:
        lacking, steps = ["picamera2", *lacking], [*steps, "hil sim install"]
    if lacking:
        names = f"{', '.join(lacking)} {'are' if lacking[1:] else 'is'}"
        raise UserError(f"--sim runs the real picamera2, and {names} not installed; try  {' && '.join(steps)}")
