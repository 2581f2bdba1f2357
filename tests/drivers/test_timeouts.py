"""How long libcamera is told to wait: chosen for the gaps that are expected, verified, put back."""

import os
from pathlib import Path

import pytest

from hil.drivers.cameras import CameraSet
from hil.drivers.host import LocalHost
from hil.drivers.timeouts import KEY, VARIABLE, DequeueTimeout, in_effect_ms, with_timeout
from hil.errors import RigError, UserError

SHIPPED = """{
        "version": 1.0,
        "target": "pisp",

        "pipeline_handler":
        {
                # Set this value to 0 to use the pipeline handler computed
                # timeout value.
                #
                # "camera_timeout_value_ms": 0,

                # "disable_tdn": false,
        }
}
"""
"""libcamera's src/libcamera/pipeline/rpi/pisp/data/example.yaml, shortened."""


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    """No timeout is chosen by the environment."""
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def pi(tmp_path):
    """A host of files alone, a Raspberry Pi 5 with libcamera's example."""
    for path, text in {
        "sys/firmware/devicetree/base/model": "Raspberry Pi 5 Model B Rev 1.0\0",
        "usr/share/libcamera/pipeline/rpi/pisp/example.yaml": SHIPPED,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    return LocalHost("pi5", root=tmp_path)


def chosen():
    return Path(os.environ[VARIABLE]).read_text()


def test_the_timeout_is_twice_the_longest_gap_in_a_copy_of_the_platforms_file(pi):
    timeout = DequeueTimeout(pi)
    assert timeout.choose(40.0) == 80_000
    assert chosen() == SHIPPED.replace(f'# "{KEY}": 0,', f'"{KEY}": 80000,')
    assert in_effect_ms() == 80_000


def test_short_gaps_get_the_minute_of_the_documentation(pi):
    assert DequeueTimeout(pi).choose(5.0) == 60_000


def test_a_trigger_gap_of_5_s_and_an_exposure_of_650_s_fit_one_choice(pi):
    timeout = DequeueTimeout(pi)
    timeout.choose(650.0)
    assert timeout.allows(5.0)
    assert timeout.allows(650.0, paced=True)


def test_libcameras_own_rule_follows_the_sensor_but_no_pulses(pi):
    timeout = DequeueTimeout(pi)
    assert timeout.allows(650.0, paced=True)
    assert timeout.allows(0.4)
    assert not timeout.allows(0.6)


def test_a_timeout_that_is_too_short_for_an_exposure_is_seen(pi):
    timeout = DequeueTimeout(pi)
    timeout.choose(5.0)
    assert not timeout.allows(112.0, paced=True)


def test_what_the_user_had_is_kept_and_put_back(pi, tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text('{ "version": 1.0, "pipeline_handler": { "disable_tdn": true } }')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine.yaml"))
    timeout = DequeueTimeout(pi)
    timeout.choose(5.0)
    assert '"disable_tdn": true' in chosen()
    assert '"camera_timeout_value_ms": 60000,' in chosen()
    ours = timeout.file
    timeout.restore()
    assert os.environ[VARIABLE] == str(tmp_path / "mine.yaml")
    assert not ours.exists()


def test_without_any_file_the_least_that_libcamera_reads_is_written(pi):
    (pi.root / "usr/share/libcamera/pipeline/rpi/pisp/example.yaml").unlink()
    DequeueTimeout(pi).choose(5.0)
    assert chosen().split() == [
        "{",
        '"version":',
        "1.0,",
        '"target":',
        '"pisp",',
        '"pipeline_handler":',
        "{",
        f'"{KEY}":',
        "60000,",
        "}",
        "}",
    ]
    assert in_effect_ms() == 60_000


@pytest.mark.parametrize("value", ['"camera_timeout_value_ms": 7', "  camera_timeout_value_ms: 7"])
def test_a_value_that_is_there_is_replaced(value):
    assert with_timeout(f"{{\n{value}\n}}", 9) == f"{{\n{value.replace('7', '9')}\n}}"


def test_a_file_of_another_shape_is_named():
    with pytest.raises(RigError, match='has no "pipeline_handler"'):
        with_timeout("version: 1.0\n", 9)


def test_a_picamera2_that_overwrites_the_variable_is_found_out(pi, monkeypatch):
    timeout = DequeueTimeout(pi)
    timeout.choose(5.0)
    monkeypatch.setenv(VARIABLE, "/usr/share/libcamera/pipeline/rpi/vc4/rpi_apps.yaml")
    with pytest.raises(RigError, match=r"before 0\.3\.30") as found:
        timeout.verify()
    assert found.value.cause == "picamera2 overwrites the timeout"
    timeout.restore()


# -- with cameras -----------------------------------------------------------------------------------------------------


def test_a_set_that_knows_its_longest_gap_begins_with_it_and_leaves_nothing(opened):
    host = opened("gs").hosts["pi5"]
    cameras = CameraSet(host, longest_gap_s=100.0)
    assert cameras.timeout_ms == 200_000
    assert [found.model for found in cameras.found()] == ["imx296"]
    cameras.close()
    assert VARIABLE not in os.environ


def test_arming_for_a_gap_chooses_the_timeout_and_keeps_what_was_configured(opened):
    bench = opened("gs")
    camera = bench.cameras["gs"]
    camera.configure(fps=25, exposure_us=2_000, gain=1.0)
    before = camera.picam2
    camera.arm(5, expect_gap_s=5.0)
    assert camera.picam2 is not before
    assert bench.camera_sets[0].timeout_ms == 60_000
    assert float(camera.collect().burst.frame_rate_hz) == pytest.approx(25, rel=1e-3)


def test_a_long_exposure_after_a_trigger_gap_raises_the_timeout_again(opened):
    bench = opened("gs")
    bench.camera_sets[0].expect_gap(5.0)
    bench.cameras["gs"].configure(exposure_us=15e6, gain=1.0)
    assert bench.camera_sets[0].timeout_ms == 60_000
    bench.camera_sets[0].expect_gap(100.0)
    assert bench.camera_sets[0].timeout_ms == 200_000
    assert bench.cameras["gs"].burst(1).exposure_us[0] == pytest.approx(15e6, rel=1e-4)


def test_the_timeout_is_not_changed_under_a_camera_that_is_armed(opened):
    bench = opened("gs")
    bench.cameras["gs"].arm(1)
    with pytest.raises(UserError, match=r"gs is armed\n.*expect_gap"):
        bench.camera_sets[0].expect_gap(5.0)


def test_a_camera_that_only_streams_goes_on_after_the_timeout_is_changed(opened):
    bench = opened("gs")
    bench.cameras["gs"].burst(1)
    bench.camera_sets[0].expect_gap(5.0)
    assert bench.cameras["gs"].burst(2).frames == 2


def test_closing_the_rig_puts_the_environment_back(opened):
    bench = opened("gs")
    bench.camera_sets[0].expect_gap(5.0)
    bench.close()
    assert VARIABLE not in os.environ
