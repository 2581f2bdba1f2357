"""White balance: gains that make the light of the scene look white, reached as libcamera's rpi.awb reaches them.

Source of the numbers: libcamera v0.7.1, src/ipa/rpi/controller/rpi/awb.cpp and its tuning files (data/tuning.toml). The
algorithm itself knows the light; what is simulated is that it takes a few frames, smooths, and keeps within a mode's range.
"""

from __future__ import annotations

from hil.sim.camera.agc import tuning
from hil.sim.light import channel_response

_DEFAULT_K = 4500.0
_FIRST_RESULT = 3
"""The estimate is made in the background; its first result is there after so many runs (assumed)."""

# AwbMode 0 to 7: the colour temperatures that a mode allows (pisp/data/imx477.json); Custom is as Auto.
_MODES = ((2500, 7700), (2500, 3000), (3000, 3500), (4000, 4700), (3000, 5000), (5500, 6500), (7000, 8000), (2500, 7700))


def gains_for(temperature_k: float, *, noir: bool) -> tuple[float, float]:
    """Gains (red, blue) that make a white surface under a black body of that temperature equal in all channels."""
    red, green, blue = channel_response(temperature_k, noir)
    return green / red, green / blue


class Awb:
    """State of the algorithm; `gains` is what the picture gets."""

    def __init__(self, *, noir: bool) -> None:
        """`noir`: the tuning knows that there is no infrared filter."""
        self._noir = noir
        self._numbers = tuning()["awb"]
        self.mode, self.runs = 0, 0
        self.temperature_k = _DEFAULT_K
        self.gains = gains_for(_DEFAULT_K, noir=noir)
        self.automatic = True

    @property
    def convergence_frames(self) -> int:
        """Frames that may have wrong colours after a cold start."""
        return int(self._numbers["convergence_frames"]) if self.automatic else 0

    def fix_gains(self, red: float, blue: float) -> None:
        """Manual gains; a zero goes back to automatic."""
        self.automatic = not (red and blue)
        if red:
            self.gains = (red, self.gains[1])
        if blue:
            self.gains = (self.gains[0], blue)

    def fix_temperature(self, temperature_k: float) -> None:
        """Manual colour temperature."""
        self.automatic, self.temperature_k = False, float(temperature_k)
        self.gains = gains_for(temperature_k, noir=self._noir)

    def process(self, light_k: float) -> bool:
        """One run; whether the gains changed."""
        self.runs += 1
        if not self.automatic or self.runs < _FIRST_RESULT:
            return False
        low, high = _MODES[self.mode if self.mode < len(_MODES) else 0]
        wanted = min(max(light_k, low), high)
        speed = 1.0 if self.runs <= self._numbers["startup_frames"] else float(self._numbers["speed"])
        if abs(wanted - self.temperature_k) < 1.0:
            speed = 1.0
        before = self.temperature_k
        self.temperature_k += speed * (wanted - before)
        if self.temperature_k == before:
            return False
        self.gains = gains_for(self.temperature_k, noir=self._noir)
        return True
