"""The exposure of a global shutter by flashes across its ends."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from hil import catalog
from hil.checks import by_bracket
from hil.checks.by_flash import SaturatedError
from hil.drivers.frames import Burst
from hil.errors import RigError
from hil.measure.looks import RowLook

MODE = catalog.sensor("imx296").usual.modes[0]
GAP_US = 60.0
"""Between the end of one exposure and the start of the next."""


@dataclass
class Dark:
    """A strobe whose flashes come `late_us`, seen by a camera whose exposures end where its frames' time stamps are."""

    follows_trigger: bool = False
    late_us: float = 0.0
    dead: bool = False
    camera: object = None
    flashes: list = field(default_factory=list)

    def play(self, starts_us, width_us, *, period_us=0.0):
        now_us = self.camera.now_us
        self.flashes += [] if self.dead else [(now_us + self.late_us + start, width_us) for start in starts_us]

    def off(self):
        pass


@dataclass
class Long:
    """A camera at a long exposure: frame k is read out at k periods, and gathers light since `opens_late_us` after the one before."""

    strobe: Dark
    period_us: float = 15.5e6
    ambient_dn: float = 70.0
    opens_late_us: float = GAP_US
    name: str = "gs"
    now_us: float = 20_000.0
    frame: int = 0

    def __post_init__(self):
        self.strobe.camera = self
        self.host = SimpleNamespace(clock=SimpleNamespace(now_ns=lambda: self.now_us * 1e3))

    def reduce_raw(self, reduction, frames=1):
        self.frame += 1
        ends_us = self.frame * self.period_us
        self.now_us = ends_us + 20_000.0
        opens_us = ends_us - self.period_us + self.opens_late_us
        lit_us = sum(width for start, width in self.strobe.flashes if opens_us <= start < ends_us)
        rows = np.full(64, self.ambient_dn + 1.5 * lit_us) + np.random.default_rng(self.frame).normal(0.0, 0.1, 64)
        return self.burst(self.frame, 1), [RowLook(rows, 0.0)]

    def burst(self, last, frames):
        stamps = (np.arange(last - frames + 1, last + 1) * self.period_us * 1e3).astype(np.int64)
        one = np.ones(frames)
        return Burst(stamps, np.arange(frames), one, one, one)


def measured(camera, filled_us=500.0):
    return by_bracket.measure(camera, camera.strobe, MODE, camera.burst(0, 2), filled_us)


@pytest.mark.parametrize("period_us", [8e6, 15.5e6])
def test_two_flashes_of_the_hosts_pin_bracket_each_end(period_us):
    m = measured(Long(Dark(), period_us))
    assert abs(m.value - (period_us - GAP_US)) < 2 * m.u
    assert m.u < 75e-6 * period_us


@pytest.mark.parametrize("late_us", [500.0, 2_500.0, 4_500.0])
def test_a_comb_of_a_pico_finds_both_ends_however_late_it_comes(late_us):
    m = measured(Long(Dark(follows_trigger=True, late_us=late_us)))
    assert abs(m.value - (15.5e6 - GAP_US)) < 2 * m.u
    assert m.u < 60e-6 * 15.5e6


def test_an_exposure_that_begins_later_than_its_flash_is_refused_with_what_was_seen():
    with pytest.raises(
        RigError, match="of 2 flashes across each end 2 fell into the frame before, 2 into the one measured, 0 into the one"
    ):
        measured(Long(Dark(), opens_late_us=5e6))


def test_a_dead_strobe_is_no_flash():
    with pytest.raises(RigError, match="no flash is seen"):
        measured(Long(Dark(dead=True)))


def test_other_light_that_fills_the_range_is_said():
    with pytest.raises(SaturatedError):
        measured(Long(Dark(), ambient_dn=700.0))
