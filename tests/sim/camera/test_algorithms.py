"""Exposure, colours, focus and synchronisation as a program meets them."""

import pytest

from hil.rig.spec import TwinLight
from hil.sim.render import raw_dn

SENSORS = ["ov5647", "imx219", "imx708", "imx477", "imx296"]
SEARCHING, CONVERGED, IDLE = 1, 2, 0


def largest(camera):
    return max((mode for mode in camera.device.generation.modes if not mode.hdr), key=lambda mode: mode.size).size


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("board", ["Raspberry Pi 4", "Raspberry Pi 5"])
def test_automatic_exposure_converges_on_the_target_level(bench, sensor, board):
    camera = bench(sensor, board=board)
    camera.configure(largest(camera))
    camera.start()

    frame = camera.take(40)[-1]

    readout = frame.shot.settings.readout
    level = camera.device._setup.optics.mean_luma(frame.shot.settings, frame.shot.readout_ns) * frame["DigitalGain"]
    assert level == pytest.approx(0.16, rel=0.12)
    assert frame["AeState"] == CONVERGED
    assert readout.exposure_ns < 66.7e6


@pytest.mark.parametrize("lit", [True, False])
def test_the_rendered_picture_has_the_level_that_exposure_aimed_at(bench, panel, lit):
    camera = bench("imx219", light=panel(300.0) if lit else None)
    camera.configure((640, 480), 10)
    camera.start()
    taken = camera.take(40)[-1]

    dn = raw_dn(taken.shot.frame)

    green = (dn[::2, 1::2].mean() - 64) / (1023 - 64)
    assert green * taken["DigitalGain"] == pytest.approx(0.16, rel=0.15)


def test_it_settles_within_the_start_up_frames(bench):
    camera = bench("imx477")
    camera.configure((2028, 1080), 12)
    camera.start()

    frames = camera.take(40)

    marked = [frame for frame in frames if frame.status]
    settled = frames[-1]["ExposureTime"] * frames[-1]["AnalogueGain"]
    assert len(marked) == 7
    assert frames[len(marked)]["ExposureTime"] * frames[len(marked)]["AnalogueGain"] == pytest.approx(settled, rel=0.05)


def test_exposure_value_brightens_by_stops(bench):
    camera = bench("imx477")
    camera.configure((2028, 1080), 12)
    camera.start()
    before = camera.take(40)[-1]
    camera.take(1, ExposureValue=1.0)

    after = camera.take(60)[-1]

    ratio = after["ExposureTime"] * after["AnalogueGain"] * after["DigitalGain"]
    assert ratio / (before["ExposureTime"] * before["AnalogueGain"] * before["DigitalGain"]) == pytest.approx(2.0, rel=0.05)


def test_more_light_shortens_the_exposure_and_lux_follows(bench, panel):
    dim, bright = (bench("imx219", light=panel(lux=lux)) for lux in (20.0, 2000.0))
    frames = []
    for camera in (dim, bright):
        camera.configure((1640, 1232), 10)
        camera.start()
        frames.append(camera.take(50)[-1])

    assert frames[0]["ExposureTime"] > 5 * frames[1]["ExposureTime"]
    assert frames[0]["Lux"] == pytest.approx(20.0, rel=0.35)
    assert frames[1]["Lux"] / frames[0]["Lux"] == pytest.approx(100.0, rel=0.2)


def test_switching_exposure_to_manual_keeps_the_present_one(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start()
    before = camera.take(40)[-1]
    camera.take(1, AeEnable=False)

    after = camera.take(15)[-1]

    assert after["AeState"] == IDLE
    assert after["ExposureTime"] == pytest.approx(before["ExposureTime"], rel=0.01)
    assert after["AnalogueGain"] == pytest.approx(before["AnalogueGain"], rel=0.01)


def test_a_manual_value_is_ignored_while_its_automatic_runs(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start()
    before = camera.take(40)[-1]
    camera.take(1, ExposureTime=123)

    assert camera.take(15)[-1]["ExposureTime"] == pytest.approx(before["ExposureTime"], rel=0.02)


def test_flicker_avoidance_takes_whole_periods_of_the_lamp(bench):
    camera = bench("imx477", light=TwinLight("steady", ("cam",), 15.0))
    camera.configure((2028, 1080), 12)
    camera.start(AeFlickerMode=1, AeFlickerPeriod=10_000)

    exposure_us = camera.take(40)[-1]["ExposureTime"]

    assert exposure_us > 9000
    assert exposure_us % 10_000 == pytest.approx(10_000, abs=40) or exposure_us % 10_000 < 40


def test_gains_beyond_the_sensor_become_digital(bench):
    camera = bench("imx296")
    camera.configure((1456, 1088))
    camera.start_manual(exposure_us=2000, gain=30.0)

    frame = camera.take(3)[-1]

    assert frame["AnalogueGain"] == pytest.approx(10 ** (239 / 200), rel=1e-6)
    assert frame["AnalogueGain"] * frame["DigitalGain"] == pytest.approx(30.0, rel=0.01)


def test_the_least_gain_of_imx708_is_not_one(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start_manual(exposure_us=2000, gain=1.0)

    assert camera.take(1)[0]["AnalogueGain"] == pytest.approx(1.1228, abs=1e-4)
    assert camera.advertised("AnalogueGain")[0] == pytest.approx(1.1228, abs=1e-4)


def test_white_balance_finds_the_light_and_holds_when_told(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start()
    light_k = camera.device.scene.light.temperature_k
    found = camera.take(40)[-1]
    camera.take(1, ColourGains=(1.25, 2.5))

    held = camera.take(10)[-1]

    assert found["ColourTemperature"] == pytest.approx(light_k, abs=2)
    assert held["ColourGains"] == (1.25, 2.5)


@pytest.mark.parametrize("module", ["Camera Module 3", "Camera Module 3 Wide NoIR"])
def test_an_autofocus_cycle_ends_focused_where_the_picture_is_sharp(bench, module):
    camera = bench(module)
    camera.configure((2304, 1296))
    camera.start(AfMode=1, AfTrigger=0)

    states = [frame["AfState"] for frame in camera.take(60)]

    assert states[3] == 1
    assert states[-1] == 2
    assert camera.take(1)[0]["LensPosition"] == pytest.approx(camera.device.truth.focus_dpt, abs=1e-4)


def test_the_lens_moves_by_hand_in_manual_mode_only(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start(LensPosition=3.5)
    by_hand = camera.take(3)[-1]["LensPosition"]
    camera.take(4, AfMode=2)

    camera.take(5, LensPosition=9.0)

    assert by_hand == 3.5
    assert camera.take(40)[-1]["LensPosition"] == pytest.approx(camera.device.truth.focus_dpt, abs=1e-4)


def test_a_synchronisation_server_counts_down_to_ready(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start(rpi_SyncMode=1, rpi_SyncFrames=40, FrameDurationLimits=(40_000, 40_000))

    frames = camera.take(60)

    ready = [frame.metadata[next(c for c in frame.metadata if c.name == "SyncReady")] for frame in frames[2:]]
    timers = [frame.metadata[next(c for c in frame.metadata if c.name == "SyncTimer")] for frame in frames[2:]]
    assert ready == sorted(ready)
    assert 36 <= ready.index(True) <= 42
    assert timers[0] == pytest.approx(39 * 40_000, rel=0.05)


def test_sensors_with_embedded_data_report_a_temperature_that_rises(bench):
    camera = bench("imx477")
    camera.configure((4056, 3040), 12)
    camera.start_manual(exposure_us=200_000_000, frame_us=(100, 300_000_000), buffers=1)

    temperatures = [frame["SensorTemperature"] for frame in camera.take(6)]

    assert temperatures == sorted(temperatures)
    assert temperatures[-1] > temperatures[0]
    assert all(temperature == int(temperature) for temperature in temperatures)


def test_isp_hdr_tells_which_exposure_a_frame_is(bench):
    camera = bench("imx708", board="Raspberry Pi 5")
    camera.configure((2304, 1296))
    camera.start(HdrMode=2)

    frames = camera.take(6)

    assert [frame["HdrMode"] for frame in frames] == [2] * 6
    assert {frame["HdrChannel"] for frame in frames} == {1, 3}


def test_vc4_has_no_merged_hdr(bench):
    camera = bench("imx708", board="Raspberry Pi 4")
    camera.configure((2304, 1296))
    camera.start(HdrMode=2)

    assert "HdrMode" not in camera.take(1)[0]
