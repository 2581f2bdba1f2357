"""Advertised, longest and shortest exposures."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hil import catalog
from hil.checks import exposure, exposure_light
from hil.checks.case import mode_name

LIGHT = SimpleNamespace(kind="steady")
EVERY = [
    (module, g.name, mode_name(m, catalog.sensor(catalog.module(module).sensor)))
    for module in ("Camera Module 1", "Camera Module 2", "Camera Module 3", "HQ Camera (CS)", "GS Camera")
    for g in catalog.sensor(catalog.module(module).sensor).generations
    for m in g.modes
]


@pytest.mark.parametrize(("module", "driver", "mode"), EVERY)
def test_every_modes_longest_exposure_is_captured_and_measured_by_the_frame_interval(module, driver, mode, fake_camera, case, book):
    exposure.run(fake_camera(module, driver), case("exposure", module, mode=mode, longest_s=700.0), book)
    (longest,) = book.named("exposure_longest")
    known = catalog.sensor(catalog.module(module).sensor).generation(driver).mode(mode)
    assert longest.m.value == pytest.approx(known.exposure_max_tested_us, rel=2e-4)
    assert longest.outcome.verdict == "PASS"


def test_a_short_plan_captures_what_it_allows_and_says_what_it_leaves_out(fake_camera, case, book):
    exposure.run(fake_camera(), case("exposure", mode="2304x1296", longest_s=0.5), book)
    assert book.named("exposure_longest")[0].m.value == pytest.approx(5e5, rel=2e-4)
    assert "exposures longer than 0.5 s (plan quick/1; cam makes up to 220.4 s)" in book.said_not


def test_an_exposure_that_is_shorter_than_asked_for_fails(fake_camera, case, book):
    exposure.run(fake_camera(ppm=-900.0), case("exposure", mode="2304x1296", longest_s=200.0), book)
    assert book.named("exposure_longest")[0].outcome.verdict == "FAIL"


def test_the_pages_670_s_are_a_finding_when_a_plan_goes_that_far(fake_camera, case, book):
    exposure.run(fake_camera("HQ Camera (CS)"), case("exposure", "HQ Camera (CS)", mode="1332x990-10", longest_s=700.0), book)
    ((cause, where, evidence),) = book.findings
    assert (cause, where) == ("the page's longest exposure cannot be asked for", "cam")
    assert "670.74" in evidence[0]


@pytest.mark.parametrize("module", ["Camera Module 2", "Camera Module 3"])
def test_other_modules_have_no_such_finding(module, fake_camera, case, book):
    mode = {"Camera Module 2": "640x480-10", "Camera Module 3": "1536x864"}[module]
    exposure.run(fake_camera(module), case("exposure", module, mode=mode, longest_s=700.0), book)
    assert book.findings == []


def test_a_range_that_is_not_the_catalogued_one_is_a_finding(fake_camera, case, book):
    listed = fake_camera().mode((2304, 1296))
    mode = catalog.sensor("imx708").usual.mode("2304x1296")
    exposure.advertised(replace(listed, exposure_max_us=60_000_000), mode, case("exposure", mode="2304x1296"), book)
    assert book.findings[0][2] == ("exposure_advertised_max 60000000 us", "the catalogued driver advertises 112015096 us")


def test_a_rig_without_light_says_so_once(fake_camera, case, book):
    for _ in range(2):
        exposure.run(fake_camera("GS Camera"), case("exposure", "GS Camera", mode="1456x1088"), book)
    assert book.said_not.count("exposure by light (this rig has no [strobe] or [light])") == 1


SMALLEST = [
    ("GS Camera", "only", "1456x1088"),
    ("Camera Module 1", "new", "640x480"),
    ("Camera Module 2", "newer", "640x480-10"),
    ("Camera Module 3", "only", "1536x864"),
    ("HQ Camera (CS)", "legacy", "1332x990-10"),
]


@pytest.mark.parametrize(("module", "driver", "mode"), SMALLEST)
@pytest.mark.parametrize("level", [0.2, 0.5])
def test_the_shortest_exposure_is_measured_by_light(module, driver, mode, level, fake_camera, case, book):
    exposure.run(fake_camera(module, driver, level_per_us=level), case("exposure", module, mode=mode, light=LIGHT), book)
    (shortest,) = book.named("exposure_shortest")
    known = catalog.sensor(catalog.module(module).sensor).generation(driver).mode(mode)
    assert shortest.m.value == pytest.approx(known.exposure_min_us, abs=3 * shortest.m.u)
    assert shortest.m.u < 0.04 * known.exposure_min_us
    assert shortest.outcome.verdict == "PASS"


def test_pixels_that_are_full_before_the_converter_is_do_not_confuse_the_choice_of_colour(fake_camera, case, book):
    camera = fake_camera("GS Camera", level_per_us=0.9, full_well=0.88)
    exposure.run(camera, case("exposure", "GS Camera", mode="1456x1088", light=LIGHT), book)
    assert book.named("exposure_shortest")[0].outcome.verdict == "PASS"


def test_the_14_us_that_a_global_shutter_camera_adds_are_seen_in_the_light(fake_camera, case, book):
    exposure.run(fake_camera("GS Camera"), case("exposure", "GS Camera", mode="1456x1088", light=LIGHT), book)
    (offset,) = book.named("exposure_offset")
    assert offset.m.value == pytest.approx(14.26, abs=max(1.0, 3 * offset.m.u))


def test_a_shortest_exposure_of_one_line_more_fails(fake_camera, case, book):
    camera = fake_camera("GS Camera")
    configure = camera.configure

    def one_line_more(**asked):
        configure(**asked)
        camera.lines_added = 1.0 if camera.lines == 1 else 0.0

    camera.configure = one_line_more
    exposure.run(camera, case("exposure", "GS Camera", mode="1456x1088", light=LIGHT), book)
    assert book.named("exposure_shortest")[0].outcome.verdict == "FAIL"


@pytest.mark.parametrize(("level", "why"), [(0.0005, "the light is too weak"), (60.0, "the light is too strong")])
def test_a_light_that_is_unfit_is_not_said(level, why, fake_camera, case, book):
    exposure.run(fake_camera("GS Camera", level_per_us=level), case("exposure", "GS Camera", mode="1456x1088", light=LIGHT), book)
    assert book.named("exposure_shortest") == []
    assert any(text.startswith(f"exposure by light of cam ({why}") for text in book.said_not)


def test_light_is_used_in_one_mode_only_the_smallest(fake_camera, case, book):
    exposure.run(fake_camera(), case("exposure", mode="4608x2592", light=LIGHT), book)
    assert book.named("exposure_shortest") == []


class Lamp:
    """A strobe that counts how often it is steady, and plays nothing."""

    follows_trigger = False

    def __init__(self):
        self.steady = 0

    @contextmanager
    def on(self):
        self.steady += 1
        yield


def test_the_strobe_is_the_steady_light_of_the_shortest_exposure(fake_camera, case, book):
    lamp, asked = Lamp(), replace(case("exposure", "GS Camera", mode="1456x1088"), sees_strobe=True)
    filled_us = exposure_light.measure_shortest(fake_camera("GS Camera"), lamp, asked.expected_mode(), asked, book)
    assert (lamp.steady, book.named("exposure_shortest")[0].outcome.verdict) == (1, "PASS")
    assert filled_us == pytest.approx(0.7 * (1023 - 60) / 0.3, rel=0.1)


@pytest.mark.parametrize(("module", "mode", "longest_s", "flashes"), [
    ("HQ Camera (CS)", "1332x990-10", 0.5, True),
    ("HQ Camera (CS)", "4056x3040-12", 700.0, False),
    ("GS Camera", "1456x1088", 700.0, True),
    ("GS Camera", "1456x1088", 0.5, False),
])  # fmt: skip
def test_longest_exposures_are_flashed_in_the_smallest_mode_where_that_tells_enough(module, mode, longest_s, flashes, case):
    asked = replace(case("exposure", module, mode=mode, longest_s=longest_s), sees_strobe=True)
    assert ("exposure_by_flash" in exposure.forecast(asked).names) == flashes
