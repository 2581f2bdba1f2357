"""A long exposure as it is asked for: how long, in lines of what length, and how near it must come."""

from __future__ import annotations

import math

from hil import catalog
from hil.checks.case import Case
from hil.judge import Limit
from hil.judge.limits import characteristic

FEWEST_FRAMES = 2
"""Two frames make the one interval that is needed."""


def longest_us(mode: catalog.Mode, case: Case) -> float:
    """The longest exposure to ask of a mode under this plan, in whole us."""
    return math.floor(min(mode.exposure_max_tested_us, mode.exposure_max_reported_us, float(case.options["longest_s"]) * 1e6))


def long_line_us(exposure_us: float, mode: catalog.Mode, generation: catalog.Generation) -> float:
    """The line time of a long exposure: stretched only if so many lines of the usual one do not fit the frame length."""
    model = generation.exposure
    lines = (model.frame_length_max << model.long_exp_shift_max) - model.frame_integration_diff
    return max(mode.line_time_ns / 1e3, exposure_us / lines)


def longest_limit(exposure_us: float, mode: catalog.Mode, generation: catalog.Generation) -> Limit | None:
    """The limit on a long exposure: as asked for, in the steps in which the sensor counts one so long."""
    line_us = long_line_us(exposure_us, mode, generation)
    shift = max(0, math.ceil(math.log2(max(1.0, exposure_us / line_us / generation.exposure.frame_length_max))))
    step_us = max(line_us * (1 << shift), mode.exposure_step_us)
    source = f"{exposure_us:.10g} us asked for, in steps of {step_us:.4g} us"
    return characteristic("exposure_longest").limit(exposure_us, extra_ppm=1e6 * step_us / exposure_us, source=source)
