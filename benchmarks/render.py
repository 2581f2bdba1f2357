"""How fast frames become pixels, and packed pixels numbers: a table of the best of several runs.

python -m benchmarks.render, or python benchmarks/render.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hil.measure import blocks
from hil.measure.raw import channel_means, packed_channel_means, unpack_csi2p
from hil.sim.frame import Frame, Scene
from hil.sim.light import Lamp, Light
from hil.sim.render import buffer_bytes, line_bytes, render_into

SCENES = {
    "flat panel": Scene("flat", Light(500.0)),
    "room": Scene("room", Light(500.0)),
    "room, lamp": Scene("room", Light(0.0, lamps=(Lamp(500.0, 100.0, 0.15),))),
}
STREAMS = (
    ("SRGGB12_CSI2P", 4056, 3040),
    ("SRGGB16", 4056, 3040),
    ("RGGB_PISP_COMP1", 4056, 3040),
    ("RGB888", 640, 480),
    ("RGB888", 1332, 990),
    ("XBGR8888", 1920, 1080),
    ("YUV420", 1920, 1080),
    ("NV12", 4056, 3040),
)
REPEATS = 10
FRAME = Frame(
    seed=1,
    device="hq",
    number=0,
    width=4056,
    height=3040,
    bits=12,
    first_row_start_ns=0,
    exposure_ns=17e6,
    line_time_ns=21e3,
    crop=(0, 0, 4056, 3040),
    active_size=(4056, 3040),
)


def best(work: Callable[[Frame], None], frame: Frame) -> tuple[float, float]:
    """Shortest wall and processor time of a frame in s, after one to warm up."""
    work(frame)
    walls, cores = [], []
    for number in range(1, REPEATS + 1):
        shown = replace(frame, number=number, first_row_start_ns=number * 33_333_000)
        wall, core = time.perf_counter(), time.process_time()
        work(shown)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
    return min(walls), min(cores)


def line(what: str, scene: str, seconds: tuple[float, float]) -> None:
    wall, core = seconds
    print(f"{what:44s} {scene:12s} {wall * 1e3:8.1f} {core * 1e3:8.1f} {1 / wall:8.1f} {1 / core:12.1f}")


def main() -> None:
    print(f"{'':44s} {'':12s} {'wall ms':>8s} {'core ms':>8s} {'frames/s':>8s} {'per core s':>12s}   {blocks.cores_for(10**7)} cores")
    for name, scene in SCENES.items():
        frame = replace(FRAME, scene=scene)
        for fmt, width, height in STREAMS:
            stride = (line_bytes(fmt, width) + 63) // 64 * 64
            buffer = np.zeros(buffer_bytes(fmt, height, stride), dtype=np.uint8)

            def rendered(f: Frame, fmt: str = fmt, size: tuple[int, int] = (width, height), to: np.ndarray = buffer) -> None:
                render_into(f, fmt, *size, (line_bytes(fmt, size[0]) + 63) // 64 * 64, to)

            line(f"{fmt} {width}x{height}", name, best(rendered, frame))
        lines, pixels = np.zeros((3040, 6112), dtype=np.uint8), np.empty((3040, 4056), dtype=np.uint16)

        def packed(f: Frame, lines: np.ndarray = lines) -> None:
            render_into(f, "SRGGB12_CSI2P", 4056, 3040, 6112, lines.reshape(-1))

        def unpacked(f: Frame, lines: np.ndarray = lines, pixels: np.ndarray = pixels) -> None:
            packed(f, lines)
            channel_means(unpack_csi2p(lines, 4056, 12, pixels))

        def averaged(f: Frame, lines: np.ndarray = lines) -> None:
            packed(f, lines)
            packed_channel_means(lines, 4056, 12)

        line("  ... and read: unpacked, means", name, best(unpacked, frame))
        line("  ... and read: means", name, best(averaged, frame))


if __name__ == "__main__":
    main()
