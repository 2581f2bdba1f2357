"""Frames for the renderer's tests; vary them with `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hil.sim.frame import Frame, Pixel, Scene
from hil.sim.light import Light


@pytest.fixture
def frame() -> Frame:
    """A small sensor without fixed patterns looks at a grey panel."""
    return Frame(
        seed=1,
        device="cam",
        number=1,
        width=640,
        height=480,
        bits=12,
        first_row_start_ns=5_000_000_000,
        exposure_ns=10e6,
        line_time_ns=20e3,
        crop=(0, 0, 640, 480),
        active_size=(640, 480),
        pixel=Pixel(prnu=0.0, dsnu_e=0.0, dark_current_e_per_s=0.0),
        scene=Scene("flat", Light(500.0)),
    )


@pytest.fixture
def room(frame: Frame) -> Frame:
    """The default scene, white balanced, white near 80 % of full scale."""
    return replace(frame, scene=Scene("room", Light(500.0)), exposure_ns=80e6, colour_gains=(1.56, 1.97))
