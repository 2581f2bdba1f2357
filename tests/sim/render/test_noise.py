"""Raw pixels follow the photon transfer of EMVA 1288, never repeat, and are the same bytes wherever they are rendered."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from hil.sim.frame import Frame, Scene
from hil.sim.light import Lamp, Light
from hil.sim.render import book, raw_dn
from hil.sim.render.bits import words
from hil.sim.render.electrons import chain
from hil.sim.render.level import Level
from hil.sim.render.raw import readout
from hil.sim.render.steady import Steady
from hil.sim.render.varied import Varied

WAYS = ("table", "general")


@pytest.fixture(autouse=True)
def panels_by_this_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panel in steady light goes by the table; what holds for it must hold by the way that light from row to row needs."""
    if "way" in request.fixturenames and request.getfixturevalue("way") == "general":
        for special in (Level, Steady):
            monkeypatch.setattr(special, "suits", staticmethod(lambda *_: False))


def lit(frame: Frame, lux: float, **changes: object) -> Frame:
    return replace(frame, scene=Scene("flat", Light(lux)), **changes)  # type: ignore[arg-type]


def greens(frame: Frame) -> np.ndarray:
    return raw_dn(frame)[::2, 1::2].astype(np.float64)


def electrons(lux: float, exposure_ns: float = 10e6) -> float:
    """Mean count of a green pixel before the 50 % grey panel."""
    return lux * exposure_ns * 1e-9 * 160.0 * 0.5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lux", [0.0, 2.0, 30.0, 500.0, 4000.0])
def test_mean_and_variance_lie_on_the_photon_transfer_curve(frame: Frame, way: str, lux: float) -> None:
    image, gain, count = greens(lit(frame, lux)), chain(frame).gain, electrons(lux)
    variance = gain**2 * (count + 3.0**2) + 1 / 12
    n = image.size
    assert image.mean() == pytest.approx(256 + gain * count, abs=5 * (variance / n) ** 0.5 + 0.004)
    assert image.var() == pytest.approx(variance, rel=5 * (2 / n) ** 0.5 + 0.003)


@pytest.mark.parametrize("way", WAYS)
def test_single_electrons_are_counted_as_poisson_has_it(frame: Frame, way: str) -> None:
    quiet = replace(frame.pixel, read_noise_e=0.05, read_noise_floor_e=0.05, conversion_dn16_per_e=160.0)
    image = greens(lit(frame, 2.0, pixel=quiet))
    counts = np.bincount(np.rint((image.ravel() - 256) / 10).astype(int), minlength=8)[:6] / image.size
    poisson = np.exp(-1.6) * np.array([1.6**k / f for k, f in enumerate((1, 1, 2, 6, 24, 120))])
    assert counts == pytest.approx(poisson, abs=5 * 0.5 / image.size**0.5)


@pytest.mark.parametrize("way", WAYS)
def test_consecutive_frames_share_no_noise(frame: Frame, way: str) -> None:
    stack = np.array([greens(lit(frame, 500.0, number=n)).ravel() for n in range(6)])
    together = np.corrcoef(stack)
    assert np.abs(together[np.triu_indices(6, 1)]).max() < 5 / stack.shape[1] ** 0.5


def test_neighbouring_pixels_share_no_noise(frame: Frame) -> None:
    image = greens(lit(frame, 500.0)) - greens(lit(frame, 500.0, number=2))
    for other in (np.roll(image, 1, axis=0), np.roll(image, 1, axis=1), np.roll(image, 32, axis=0)):
        assert abs(np.corrcoef(image.ravel(), other.ravel())[0, 1]) < 5 / image.size**0.5


def test_devices_and_seeds_have_noise_of_their_own(frame: Frame) -> None:
    images = [greens(changed).ravel() for changed in (frame, replace(frame, seed=2), replace(frame, device="other"))]
    assert np.abs(np.corrcoef(images)[np.triu_indices(3, 1)]).max() < 5 / images[0].size ** 0.5


@pytest.mark.parametrize("content", ["flat", "room"])
def test_any_number_of_threads_gives_the_same_bytes(frame: Frame, content: str) -> None:
    shown = replace(frame, scene=Scene(content, Light(500.0)))
    assert all(np.array_equal(raw_dn(shown, threads=1), raw_dn(shown, threads=n)) for n in (2, 5))


@pytest.mark.parametrize("way", WAYS)
def test_fixed_patterns_stay_and_belong_to_the_device(frame: Frame, way: str) -> None:
    pixel = replace(frame.pixel, prnu=0.02, dsnu_e=4.0)

    def mean_of(device: str, first: int) -> np.ndarray:
        return np.mean([greens(lit(frame, 2000.0, pixel=pixel, device=device, number=n)) for n in range(first, first + 8)], axis=0).ravel()

    one, again, other = mean_of("cam", 0), mean_of("cam", 8), mean_of("other", 0)
    assert np.cov(one, again)[0, 1] == pytest.approx(chain(frame).gain ** 2 * ((0.02 * electrons(2000.0)) ** 2 + 4.0**2), rel=0.03)
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / one.size**0.5


@pytest.mark.parametrize("way", WAYS)
def test_saturation_ends_at_the_top_and_full_wells_before_it(frame: Frame, way: str) -> None:
    deep = replace(frame.pixel, full_well_e=20000.0)
    assert np.all(greens(lit(frame, 1e6, pixel=deep)) == 4095)
    shallow = replace(frame.pixel, full_well_e=4000.0)
    image = greens(lit(frame, 1e6, pixel=shallow))
    assert image.mean() == pytest.approx(256 + chain(frame).gain * 4000.0, abs=4.0)


@pytest.mark.parametrize("way", WAYS)
def test_a_bent_response_falls_short_by_its_fraction(frame: Frame, way: str) -> None:
    bent = replace(frame.pixel, nonlinearity=0.05)
    straight, short = greens(lit(frame, 5000.0)).mean() - 256, greens(lit(frame, 5000.0, pixel=bent)).mean() - 256
    assert short / straight == pytest.approx(1 - 0.05 * electrons(5000.0) / 8180.0, abs=2e-4)


def test_binning_four_pixels_halves_the_noise_and_keeps_the_level(frame: Frame) -> None:
    one, four = greens(lit(frame, 2000.0)), greens(lit(frame, 2000.0, binning=4))
    assert four.mean() == pytest.approx(one.mean(), abs=0.2)
    assert four.std() == pytest.approx(one.std() / 2, rel=0.02)


def test_analogue_gain_multiplies_light_and_digital_gain_leaves_raw_alone(frame: Frame) -> None:
    level = greens(lit(frame, 100.0)).mean() - 256
    assert greens(lit(frame, 100.0, analogue_gain=8.0)).mean() - 256 == pytest.approx(8 * level, rel=0.005)
    assert np.array_equal(greens(lit(frame, 100.0, digital_gain=4.0)), greens(lit(frame, 100.0)))


def test_dark_current_adds_up_over_a_long_exposure(frame: Frame) -> None:
    warm = replace(frame.pixel, dark_current_e_per_s=2.0)
    image = greens(lit(frame, 0.0, pixel=warm, exposure_ns=100e9))
    assert (image.mean() - 256) / chain(frame).gain == pytest.approx(200.0, rel=0.005)
    assert image.var() == pytest.approx(chain(frame).gain ** 2 * (200 + 9) + 1 / 12, rel=0.03)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_every_depth_has_the_same_light_on_the_16_bit_scale(frame: Frame, bits: int) -> None:
    image = greens(lit(frame, 2000.0, bits=bits))
    assert image.mean() * 2 ** (16 - bits) == pytest.approx(4096 + 7.5 * electrons(2000.0), rel=0.002)


def test_a_colour_cell_follows_the_order_of_the_filters(frame: Frame) -> None:
    warm = replace(frame, scene=Scene("flat", Light(500.0, temperature_k=2800.0)))
    cells = {cfa: raw_dn(replace(warm, cfa=cfa)).reshape(240, 2, 320, 2).mean(axis=(0, 2)) for cfa in ("RGGB", "BGGR", "GRBG")}
    assert cells["RGGB"] == pytest.approx(cells["BGGR"][::-1, ::-1], rel=0.01)
    assert cells["RGGB"] == pytest.approx(cells["GRBG"][:, ::-1], rel=0.01)
    assert np.ptp(raw_dn(replace(warm, cfa="MONO")).reshape(240, 2, 320, 2).mean(axis=(0, 2))) < 0.5


@pytest.mark.parametrize(("content", "digest"), [("flat", "ae9808b35d5aff94"), ("room", "e9cddf06b983486b")])
def test_a_frame_is_these_bytes_on_every_machine(frame: Frame, content: str, digest: str) -> None:
    # Both are those of blocks of 192 rows and a larger pattern pool; the room's also of noise from the book of quadruples,
    # the panel's of means on a grid of 1/500 of the read noise.
    shown = replace(frame, scene=Scene(content, Light(500.0)), width=128, height=96)
    assert hashlib.blake2b(raw_dn(shown).tobytes(), digest_size=8).hexdigest() == digest


def test_a_room_in_steady_light_is_that_in_light_which_hardly_flickers(room: Frame) -> None:
    noisy = replace(room, pixel=replace(room.pixel, prnu=0.006, dsnu_e=0.6), exposure_ns=83e6)
    flickering = replace(noisy, scene=Scene("room", Light(0.0, lamps=(Lamp(500.0, 100.0, 1e-6),))))
    one, other = raw_dn(noisy).astype(np.int64), raw_dn(flickering).astype(np.int64)
    assert type(readout(noisy)) is Steady
    assert type(readout(flickering)) is Varied
    assert np.abs(one - other).max() <= 1
    assert abs((one - other).mean()) < 0.005


@pytest.mark.parametrize(("lux", "expected"), [(0.01, Level), (10.0, Varied)])
def test_a_lamp_that_leaks_through_a_cover_leaves_a_panel_level(frame: Frame, lux: float, expected: type) -> None:
    covered = replace(frame, exposure_ns=3e6, scene=Scene("flat", Light(500.0, lamps=(Lamp(lux, 100.0, 0.2),))))
    assert type(readout(covered)) is expected


def test_a_panel_has_the_mean_of_its_light_however_faint(frame: Frame) -> None:
    gain, dark = chain(frame).gain, greens(lit(frame, 0.0)).mean()
    for lux in (0.05, 0.1, 0.2):
        assert (greens(lit(frame, lux)).mean() - dark) / gain == pytest.approx(electrons(lux), abs=0.03)


def test_a_quadruple_of_noise_is_normal_and_its_pixels_are_independent_in_pairs() -> None:
    lanes = book.normals(words(2_000_000, "test"), 4_000_000).reshape(-1, 4) / book.deviation()
    assert lanes.mean(axis=0) == pytest.approx(np.zeros(4), abs=5e-3)
    assert (lanes**2).mean(axis=0) == pytest.approx(np.ones(4), rel=5 * (2 / 1e6) ** 0.5)
    assert (lanes**4).mean(axis=0) == pytest.approx(3 * np.ones(4), abs=5 * (96 / 1e6) ** 0.5)
    for power in (1, 2, 3):
        assert np.abs(np.corrcoef(lanes.T**power)[np.triu_indices(4, 1)]).max() < 5e-3


def test_odd_sizes_are_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="whole 2x2 cells, not 641x480"):
        raw_dn(replace(frame, width=641))
