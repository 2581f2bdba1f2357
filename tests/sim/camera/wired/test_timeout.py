"""How long libcamera waits, by its own rule or by a pipeline configuration file."""

import pytest

from hil.rig.spec import TwinHost
from hil.sim.camera.timeout import configured_ms

CANCELLED = 2


def waited_s(camera):
    """True time from start until the first request comes back cancelled."""
    began_ns = camera.world.now_ns
    camera.start_manual(3000, 20_000)
    assert int(camera.finished().status) == CANCELLED
    return (camera.world.now_ns - began_ns) / 1e9


@pytest.fixture
def pipeline_file(tmp_path, monkeypatch):
    """Name a pipeline file of this text in the environment."""

    def make(text):
        file = tmp_path / "pipeline.yaml"
        file.write_text(text)
        monkeypatch.setenv("LIBCAMERA_RPI_CONFIG_FILE", str(file))

    return make


EXAMPLE = "usr/share/libcamera/pipeline/rpi/pisp/example.yaml"


def test_a_pipeline_file_replaces_the_rule(triggered, pipeline_file):
    pipeline_file('{\n  "version": 1.0,\n  "pipeline_handler": {\n    "camera_timeout_value_ms": 60000,\n  }\n}\n')

    assert waited_s(triggered()) == pytest.approx(60.0, abs=0.01)


def test_it_is_read_when_libcamera_looks_for_cameras_and_not_later(triggered, pipeline_file):
    camera = triggered()
    pipeline_file('{\n  "version": 1.0,\n  "pipeline_handler": { \n "camera_timeout_value_ms": 60000 }}\n')

    assert waited_s(camera) == pytest.approx(1.0, abs=0.01)


def test_the_shipped_example_leaves_the_rule_alone_until_its_line_is_uncommented(pipeline_file, triggered, tmp_path):
    text = (triggered().twin.hosts["pi"].root / EXAMPLE).read_text()

    pipeline_file(text)
    assert configured_ms(tmp_path / "nowhere") == 0
    pipeline_file(text.replace('# "camera_timeout_value_ms": 0', '"camera_timeout_value_ms": 2500'))
    assert configured_ms(tmp_path / "nowhere") == 2500


def test_a_path_of_the_simulated_host_is_found_there(monkeypatch, tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/pipe.yaml").write_text("version: 1.0\npipeline_handler:\n  camera_timeout_value_ms: 700\n")
    monkeypatch.setenv("LIBCAMERA_RPI_CONFIG_FILE", "/etc/pipe.yaml")

    assert configured_ms(tmp_path) == 700


def test_a_file_that_is_not_there_or_of_another_version_is_no_file(pipeline_file, monkeypatch, tmp_path, capsys):
    pipeline_file('{\n"version": 2.0,\n"pipeline_handler": {\n "camera_timeout_value_ms": 60000 }}\n')
    assert configured_ms(tmp_path / "nowhere") == 0

    monkeypatch.setenv("LIBCAMERA_RPI_CONFIG_FILE", "/nothing/here.yaml")
    assert configured_ms(tmp_path) == 0
    assert "Failed to open configuration file '/nothing/here.yaml'" in capsys.readouterr().err


def test_the_fault_of_a_host_wins_over_its_file(triggered, pipeline_file):
    pipeline_file('{\n  "version": 1.0,\n  "pipeline_handler": {\n    "camera_timeout_value_ms": 60000,\n  }\n}\n')

    assert waited_s(triggered(hosts={"camera_timeout_ms": 400})) == pytest.approx(0.4, abs=0.01)
    assert TwinHost("pi", "Raspberry Pi 5").camera_timeout_ms == 0


def test_a_fixed_timeout_kills_an_exposure_that_is_longer(bench, pipeline_file):
    pipeline_file('{\n  "version": 1.0,\n  "pipeline_handler": {\n    "camera_timeout_value_ms": 60000,\n  }\n}\n')
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start_manual(exposure_us=100_000_000, frame_us=(100, 200_000_000))

    assert int(camera.finished().status) == CANCELLED


def test_silence_while_the_program_holds_every_buffer_is_no_timeout(bench):
    camera = bench("imx296")
    camera.configure((1456, 1088))
    camera.start_manual(2000, 20_000, buffers=2)
    held = [camera.finished(), camera.finished()]
    camera.world.sleep(10.0)

    for request in held:
        request.reuse()
        camera.camera.queue_request(request)

    assert {frame.status for frame in camera.take(4)} == {0}
