"""The default scene: a desk in front of a wall, with the charts that camera people put there.

Something for everybody who looks: gradients and texture for encoders, grey and colour patches for white balance, slanted edges and
a star for sharpness, deep shadow and near white for exposure. Coordinates are heights of the picture, x from its middle.
The colours of the chart are the published sRGB averages of the 24 patches, made linear.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hil.sim.render.canvas import Canvas, Colour, Part, distance, texture, turned

Floats = npt.NDArray[np.float32]

_LENS_BLUR = 1 / 2600
"""Width of the sharpest edge, in heights of the picture: about a pixel of a 12-megapixel sensor."""

_TILT = (0.99619470, 0.08715574)  # 5 degrees, as ISO 12233 has its slanted edges
_WHITE: Colour = (0.86, 0.86, 0.84)
_BLACK: Colour = (0.035, 0.035, 0.036)
_CHART: tuple[Colour, ...] = (
    (0.171, 0.084, 0.058),
    (0.539, 0.305, 0.223),
    (0.122, 0.195, 0.337),
    (0.095, 0.150, 0.053),
    (0.235, 0.216, 0.440),
    (0.136, 0.509, 0.402),
    (0.672, 0.209, 0.025),
    (0.080, 0.105, 0.381),
    (0.533, 0.102, 0.125),
    (0.112, 0.045, 0.150),
    (0.337, 0.503, 0.051),
    (0.745, 0.366, 0.027),
    (0.040, 0.047, 0.305),
    (0.061, 0.296, 0.067),
    (0.429, 0.037, 0.045),
    (0.799, 0.571, 0.014),
    (0.497, 0.093, 0.301),
    (0.002, 0.235, 0.356),
    (0.896, 0.896, 0.888),
    (0.578, 0.584, 0.584),
    (0.352, 0.359, 0.359),
    (0.191, 0.195, 0.195),
    (0.091, 0.093, 0.093),
    (0.031, 0.032, 0.033),
)
_LEAVES = (
    # x, y of the middle, half length, half width, direction, green
    (-0.585, 0.47, 0.105, 0.026, (0.26, -0.966), 0.9),
    (-0.535, 0.50, 0.100, 0.024, (0.64, -0.768), 1.1),
    (-0.640, 0.51, 0.095, 0.024, (-0.5, -0.866), 0.8),
    (-0.500, 0.56, 0.090, 0.022, (0.94, -0.342), 0.75),
    (-0.655, 0.58, 0.080, 0.021, (-0.94, -0.342), 1.0),
    (-0.560, 0.54, 0.085, 0.023, (-0.1, -0.995), 1.25),
)


def paint(x: Floats, y: Floats, aspect: float) -> Floats:
    """Reflectances (red, green, blue) at the centres of pixels; x and y 0 to 1 over the whole sensor; float32[3, len(y), len(x)]."""
    canvas = Canvas((x - np.float32(0.5)) * np.float32(aspect), y, _LENS_BLUR)
    for thing in (_wall, _window, _desk, _chart, _wedge, _slanted_edges, _star, _plant, _ball, _bars, _daylight):
        thing(canvas)
    return np.clip(canvas.rgb, np.float32(0.004), np.float32(0.96), out=canvas.rgb)


def _wall(canvas: Canvas) -> None:
    if part := canvas.part(-9, 0, 9, 0.75):
        grain = texture(part.x * 90, part.y * 90, "plaster") * np.float32(0.012) + texture(part.x * 7, part.y * 7, "stains") * np.float32(
            0.02
        )
        for channel, shade in enumerate((0.44, 0.415, 0.37)):
            part.rgb[channel] = np.float32(shade) * (1 + grain)


def _window(canvas: Canvas) -> None:
    canvas.box(-0.66, 0.035, -0.46, 0.315, (0.30, 0.27, 0.23))
    for left in (-0.648, -0.556):
        for top in (0.048, 0.180):
            canvas.box(left, top, left + 0.084, top + 0.122, (0.86, 0.92, 0.95))


def _desk(canvas: Canvas) -> None:
    if part := canvas.part(-9, 0.70, 9, 1.1):
        bend = texture(part.x * 3, part.y * 9, "bend")
        rings = texture(part.x * 2.5, part.y * 120, "grain") * np.float32(0.16) + texture(part.x * 30, part.y * 400, "fibre") * np.float32(
            0.05
        )
        wood = np.float32(1) + rings + bend * np.float32(0.08)
        covered = part.edge(part.y - np.float32(0.715))
        part.blend(covered, np.stack([np.float32(c) * wood for c in (0.33, 0.185, 0.095)]))
    canvas.box(-9, 0.712, 9, 0.719, (0.10, 0.06, 0.035))


def _chart(canvas: Canvas) -> None:
    left, top, step = -0.40, 0.10, 0.088
    canvas.box(left - 0.014, top - 0.014, left + 6 * step + 0.004, top + 4 * step + 0.004, _BLACK)
    for n, colour in enumerate(_CHART):
        x, y = left + n % 6 * step, top + n // 6 * step
        canvas.box(x, y, x + step - 0.010, y + step - 0.010, colour)


def _wedge(canvas: Canvas) -> None:
    """Twelve greys, each 1.35 times the one before."""
    canvas.box(-0.406, 0.505, 0.122, 0.575, _BLACK)
    for n in range(12):
        grey = 0.9 / 1.35**n
        canvas.box(-0.40 + n * 0.043, 0.511, -0.357 + n * 0.043, 0.569, (grey, grey, grey))


def _slanted_edges(canvas: Canvas) -> None:
    canvas.box(0.20, 0.07, 0.50, 0.37, _WHITE)
    canvas.tilted((0.35, 0.22), (0.085, 0.085), _TILT, _BLACK)
    canvas.tilted((0.35, 0.22), (0.035, 0.035), _TILT, (0.43, 0.43, 0.42))


def _star(canvas: Canvas) -> None:
    """A Siemens star of 32 pairs: the sign of the 32nd power of a direction, by squaring five times."""
    centre, radius = (0.35, 0.525), 0.118
    canvas.disc(centre, radius + 0.012, _WHITE)
    if part := canvas.part(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius):
        r = np.maximum(distance(part, centre), np.float32(1e-6))
        c, s = (part.x - np.float32(centre[0])) / r, (part.y - np.float32(centre[1])) / r
        for _ in range(5):
            c, s = c * c - s * s, np.float32(2) * c * s
        spoke = part.edge((s * r * np.float32(1 / 32)).astype(np.float32, copy=False))
        part.blend(spoke * part.edge(np.float32(radius) - r) * part.edge(r - np.float32(0.012)), _BLACK)


def _plant(canvas: Canvas) -> None:
    canvas.tilted((-0.575, 0.655), (0.052, 0.075), (1.0, 0.0), (0.36, 0.115, 0.06))
    canvas.box(-0.635, 0.575, -0.515, 0.600, (0.42, 0.14, 0.075))
    for x, y, length, width, slope, green in _LEAVES:
        if part := canvas.part(x - length, y - length, x + length, y + length):
            _leaf(part, (x, y), (length, width), slope, green)


def _leaf(part: Part, centre: tuple[float, float], size: tuple[float, float], slope: tuple[float, float], green: float) -> None:
    along, across = turned(part, centre, slope)
    at = along * np.float32(1 / size[0])
    inside = np.float32(size[1]) * (1 - at * at) - np.abs(across)
    side = np.where(across > 0, np.float32(1.15), np.float32(0.8)) * (1 + np.float32(0.15) * texture(part.x * 140, part.y * 140, "leaf"))
    vein = part.edge(np.float32(0.0012) - np.abs(across))
    shade = np.float32(green) * side * (1 + np.float32(0.5) * vein)
    part.blend(part.edge(inside), np.stack([np.float32(c) * shade for c in (0.055, 0.17, 0.03)]))


def _ball(canvas: Canvas) -> None:
    """A glossy ball lit from the window, with its shadow."""
    centre, radius = (0.12, 0.755), 0.095
    if part := canvas.part(-0.1, 0.78, 0.45, 0.93):
        dx, dy = (part.x - np.float32(0.155)) * np.float32(0.42), part.y - np.float32(0.852)
        depth = np.clip(np.float32(1.25) - np.sqrt(dx * dx + dy * dy) * np.float32(1 / 0.042), np.float32(0), np.float32(1))
        part.blend(depth * depth * np.float32(0.72), (0.03, 0.018, 0.012))
    if part := canvas.part(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius):
        dx, dy = (part.x - np.float32(centre[0])) / np.float32(radius), (part.y - np.float32(centre[1])) / np.float32(radius)
        height = np.sqrt(np.maximum(1 - dx * dx - dy * dy, np.float32(0)))
        facing = np.maximum(np.float32(-0.50) * dx - np.float32(0.55) * dy + np.float32(0.67) * height, np.float32(0))
        gloss = facing * facing
        gloss = gloss * gloss * gloss * gloss
        gloss = gloss * gloss * gloss * gloss * np.float32(0.75)
        lit = np.stack([np.float32(c) * (facing + np.float32(0.12)) + gloss for c in (0.62, 0.14, 0.05)])
        part.blend(part.edge(np.float32(radius) - distance(part, centre)), lit)


def _bars(canvas: Canvas) -> None:
    """Line pairs that grow finer to the right, on a card on the desk."""
    canvas.box(-0.40, 0.805, -0.02, 0.925, _WHITE)
    x, width = -0.385, 0.011
    while width > 0.0011:
        for n in range(3):
            canvas.box(x + 2 * n * width, 0.825, x + (2 * n + 1) * width, 0.905, _BLACK)
        x, width = x + 6.5 * width, width * 0.75


def _daylight(canvas: Canvas) -> None:
    """Light falls off from the window, and towards the corners of the lens."""
    if part := canvas.part(-9, -1, 9, 2):
        dx, dy = part.x + np.float32(0.35), part.y - np.float32(0.2)
        fall = np.float32(1.12) / (1 + np.float32(0.45) * (dx * dx + dy * dy))
        ex, ey = part.x, part.y - np.float32(0.5)
        corner = 1 - np.float32(0.30) * (ex * ex + ey * ey)
        np.multiply(part.rgb, fall * corner, out=part.rgb)
