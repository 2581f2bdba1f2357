"""Every mode's rates against line time x granted frame length, and against the page."""

import pytest

from hil import catalog
from hil.checks import frame_rate
from hil.checks.case import mode_name
from hil.errors import RigError

MODULES = ("Camera Module 1", "Camera Module 2", "Camera Module 3", "HQ Camera (CS)", "GS Camera")
MODES = [
    (module, generation.name, mode_name(mode, sensor))
    for module in MODULES
    for sensor in [catalog.sensor(catalog.module(module).sensor)]
    for generation in sensor.generations
    for mode in generation.modes
]


@pytest.mark.parametrize(("module", "driver", "mode"), MODES)
def test_a_healthy_camera_passes_at_every_rate_of_every_mode(module, driver, mode, fake_camera, case, book):
    frame_rate.run(fake_camera(module, driver, ppm=-45.0), case("frame_rate", module, mode=mode, rates=(1.0, 0.7, 0.3)), book)
    assert len(book.named("frame_rate")) == 3
    assert book.verdicts == {"PASS"}


def test_the_limit_is_200_ppm_about_whole_lines_not_about_what_was_asked(fake_camera, case, book):
    frame_rate.run(fake_camera(ppm=150.0), case("frame_rate", mode="2304x1296", rates=(0.5,)), book)
    _, slow = book.named("frame_rate")
    nominal = 1e9 / (13360.655737704918 * slow.conditions["lines"])
    assert slow.limit.lower == pytest.approx(nominal * (1 - 200e-6), rel=1e-9)
    assert slow.limit.upper == pytest.approx(nominal * (1 + 200e-6), rel=1e-9)
    assert slow.outcome.verdict == "FAIL"
    assert "closer than U" in slow.outcome.reason


def test_a_sensor_200_ppm_off_fails(fake_camera, case, book):
    frame_rate.run(fake_camera(ppm=260.0), case("frame_rate", mode="2304x1296", rates=(1.0,)), book)
    assert book.named("frame_rate")[0].outcome.verdict == "FAIL"


def test_a_derived_line_time_widens_the_limit_by_its_rounding(fake_camera, case, book):
    frame_rate.run(fake_camera("HQ Camera (CS)"), case("frame_rate", "HQ Camera (CS)", mode="4056x3040-12", rates=(1.0,)), book)
    (rate,) = book.named("frame_rate")
    assert (rate.limit.upper - rate.limit.lower) / 11.72 * 1e6 == pytest.approx(2 * (200 + 432.5), abs=1)


def test_frames_that_the_host_missed_are_recorded_and_fail_nothing(fake_camera, case, book):
    frame_rate.run(fake_camera(drop_by_host=(20, 21)), case("frame_rate", mode="2304x1296", rates=(1.0,)), book)
    assert book.named("dropped_frames_host")[0].m.value == 2
    assert book.verdicts == {"PASS"}


def test_frames_that_the_sensor_left_out_fail_the_unit(fake_camera, case, book):
    frame_rate.run(fake_camera(drop_by_sensor=(20,)), case("frame_rate", mode="2304x1296", rates=(1.0,)), book)
    (dropped,) = book.named("dropped_frames_sensor")
    assert (dropped.m.value, dropped.outcome.verdict) == (1, "FAIL")


def test_a_frame_that_is_a_whole_line_too_long_is_the_drivers_doing(fake_camera, case, book):
    frame_rate.run(fake_camera(ppm=1e6 / 904), case("frame_rate", mode="1536x864", rates=(1.0,)), book)
    assert book.named("frame_rate")[0].outcome.verdict == "ERROR"
    ((cause, where, evidence),) = book.findings
    assert (cause, where) == ("the driver runs another frame length than it reports", "cam")
    assert evidence[1].startswith("905 lines would explain it")


def test_a_camera_that_is_not_under_test_cannot_fail(fake_camera, case, book):
    book.unit = ("other",)
    frame_rate.run(fake_camera(ppm=400.0), case("frame_rate", mode="2304x1296", rates=(1.0,)), book)
    assert book.named("frame_rate")[0].outcome.verdict == "ERROR"


def test_frames_without_a_steady_period_are_the_rigs_fault(fake_camera, case, book):
    with pytest.raises(RigError, match=r"frames of 2304x1296 at 56\.02 Hz asked for, evenly spaced\n.*scatter by") as error:
        frame_rate.run(fake_camera(jitter_us=4000.0), case("frame_rate", mode="2304x1296"), book)
    assert error.value.cause == "no steady period"


PAGE = [
    ("Camera Module 2", "newer", "1920x1080-10", 47.0),
    ("Camera Module 2", "newer", "640x480-10", 206.0),
    ("Camera Module 2", "slow-vga", "640x480-10", None),
    ("Camera Module 1", "old", "640x480", None),
    ("Camera Module 1", "old", "1920x1080", 30.0),
    ("Camera Module 3", "only", "1536x864", 120.0),
    ("HQ Camera (CS)", "current", "1332x990-12", None),
    ("HQ Camera (CS)", "current", "1332x990-10", 120.0),
    ("HQ Camera (CS)", "legacy", "2028x1080", 50.0),
    ("GS Camera", "only", "1456x1088", 60.0),
]


@pytest.mark.parametrize(("module", "driver", "mode", "at_least"), PAGE)
def test_the_page_is_judged_where_the_driver_reaches_it_and_recorded_elsewhere(module, driver, mode, at_least, fake_camera, case, book):
    frame_rate.run(fake_camera(module, driver), case("frame_rate", module, mode=mode), book)
    for page in book.named("page_rate"):
        assert (page.limit.lower if page.limit else None) == at_least
        assert page.outcome.verdict == ("PASS" if at_least else None)


def test_hdr_at_30_has_the_room_that_a_crystal_is_allowed():
    module = catalog.module("Camera Module 3")
    generation = catalog.sensor("imx708").usual
    (page,) = [p for p in module.page_rates if p.hdr]
    limit, _ = frame_rate.page_limit(page, generation.mode("2304x1296 HDR"), generation)
    assert 29.995 < limit.lower < 29.997


def test_a_promise_for_a_size_that_no_driver_has_is_not_said(fake_camera, case, book):
    frame_rate.run(fake_camera("Camera Module 1"), case("frame_rate", "Camera Module 1", mode="640x480"), book)
    assert book.said_not == ["720p60 of the page: no mode of the ov5647 driver has that size"]
