"""The simulated cameras through the real picamera2."""

import gc
import warnings

import pytest

from hil import catalog
from hil.rig.spec import TwinCamera, TwinHost, TwinSpec
from hil.sim.twin import open_twin

pytestmark = pytest.mark.filterwarnings("ignore:setDaemon:DeprecationWarning")  # picamera2's own

GENERATIONS = [
    pytest.param(module, generation.name, hdr, id=f"{module.libcamera_model}-{generation.name}{'-HDR' if hdr else ''}")
    for module in catalog.modules()
    if not module.noir
    for generation in catalog.sensor(module.sensor).generations
    for hdr in sorted({mode.hdr for mode in generation.modes})
]


def fitted(name, port, module, generation=None, **keywords):
    sensor = catalog.sensor(catalog.module(module).sensor)
    chosen = generation or sensor.generations[-1].name
    return TwinCamera(name, "pi", port, module, chosen, keywords.pop("link_frequency_hz", sensor.link_freq_default_hz), **keywords)


@pytest.fixture
def twin():
    """Open a twin of these cameras in this process: `twin(fitted(...), board=..., seed=...)`."""
    opened = []

    def make(*cameras, board="Raspberry Pi 5", seed=1):
        made = open_twin(TwinSpec("bench", (TwinHost("pi", board),), cameras), seed)
        opened.append(made)
        made.install()
        return made

    yield make
    for one in opened:
        one.close()


@pytest.mark.parametrize("board", ["Raspberry Pi 4", "Raspberry Pi 5"])
@pytest.mark.parametrize(("module", "generation", "hdr"), GENERATIONS)
def test_sensor_modes_are_those_that_a_real_pi_prints(twin, module, generation, hdr, board):
    twin(fitted("cam", "CAM1", module.name, generation, hdr=hdr), board=board)
    from picamera2 import Picamera2

    with Picamera2() as camera:
        listed = {(mode["size"], mode["bit_depth"]): mode for mode in camera.sensor_modes}

    expected = [mode for mode in catalog.sensor(module.sensor).generation(generation).modes if mode.hdr == hdr]
    assert set(listed) == {(mode.size, mode.bits) for mode in expected}
    for mode in expected:
        shown = listed[mode.size, mode.bits]
        assert shown["fps"] == mode.fps_reported
        assert shown["crop_limits"] == mode.crop
        assert shown["exposure_limits"][1:] == (mode.exposure_max_reported_us, 20000)
        assert shown["exposure_limits"][0] == pytest.approx(mode.exposure_min_reported_us, abs=0 if mode.fps_tolerance_ppm == 0 else 1)


@pytest.mark.parametrize("module", [module.name for module in catalog.modules()])
def test_every_module_says_its_own_name(twin, module):
    twin(fitted("cam", "CAM1", module))
    from picamera2 import Picamera2

    (info,) = Picamera2.global_camera_info()

    assert info["Model"] == catalog.module(module).libcamera_model
    assert info["Rotation"] == catalog.sensor(catalog.module(module).sensor).rotation_dt


def test_two_cameras_run_at_their_own_rates_in_one_process(twin):
    twin(fitted("hq", "CAM0", "HQ Camera (CS)", "legacy"), fitted("gs", "CAM1", "GS Camera"))
    from picamera2 import Picamera2

    cameras = {info["Model"]: Picamera2(index) for index, info in enumerate(Picamera2.global_camera_info())}
    for camera in cameras.values():
        camera.configure(
            camera.create_video_configuration(controls={"FrameDurationLimits": (100, 100)}, raw={"size": camera.sensor_resolution})
        )
        camera.start()
    stamps = {model: [camera.capture_metadata()["SensorTimestamp"] for _ in range(2)] for model, camera in cameras.items()}
    for camera in cameras.values():
        camera.close()

    assert stamps["imx477"][1] - stamps["imx477"][0] == pytest.approx(100e6, rel=1e-3)
    assert stamps["imx296"][1] - stamps["imx296"][0] == pytest.approx(16.563e6, rel=1e-3)


def test_a_camera_held_by_another_program_is_busy(twin):
    opened = twin(fitted("hq", "CAM1", "HQ Camera (CS)", held_by=1234))
    from picamera2 import Picamera2

    with pytest.raises(RuntimeError, match="did not complete"):
        Picamera2()

    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # picamera2 leaves a pipe open when it is refused
    assert opened.hosts["pi"].camera("hq").holders == {1234}


@pytest.mark.parametrize("keywords", [{"present": False}, {"link_frequency_hz": 451_000_000}])
def test_an_absent_camera_and_one_with_an_impossible_link_are_not_listed(twin, keywords):
    twin(fitted("cm3", "CAM1", "Camera Module 3", **keywords))
    from picamera2 import Picamera2

    assert Picamera2.global_camera_info() == []


def test_another_link_frequency_speeds_up_the_current_imx477_and_nothing_else(twin):
    twin(
        fitted("hq", "CAM0", "HQ Camera (CS)", "current", link_frequency_hz=453_000_000),
        fitted("cm3", "CAM1", "Camera Module 3", link_frequency_hz=453_000_000),
    )
    from picamera2 import Picamera2

    rates = {}
    for index, info in enumerate(Picamera2.global_camera_info()):
        with Picamera2(index) as camera:
            rates[info["Model"]] = max(camera.sensor_modes, key=lambda mode: (mode["size"], mode["bit_depth"]))["fps"]

    assert rates["imx708"] == 14.35
    assert rates["imx477"] == pytest.approx(11.72 * 453 / 450, abs=0.011)


def test_a_frame_is_rendered_only_when_somebody_looks(twin):
    opened = twin(fitted("gs", "CAM1", "GS Camera"), board="Raspberry Pi 4")
    from picamera2 import Picamera2

    with Picamera2() as camera:
        camera.configure(camera.create_video_configuration(raw={"format": "SBGGR10", "size": (1456, 1088)}))
        camera.start()
        for _ in range(20):
            camera.capture_metadata()
        array = camera.capture_array("raw").view("uint16")

    assert array.shape == (1088, 1456)
    assert 60 < array.mean() < 1023
    assert opened.cameras["gs"].dropped == 0


def test_an_autofocus_cycle_succeeds(twin):
    twin(fitted("cm3", "CAM1", "Camera Module 3"))
    from picamera2 import Picamera2

    with Picamera2() as camera:
        camera.start()

        assert camera.autofocus_cycle()


def test_hdr_is_switched_on_the_sensor_and_seen_by_the_next_camera_manager(twin):
    opened = twin(fitted("cm3", "CAM1", "Camera Module 3"))
    from picamera2 import Picamera2

    opened.cameras["cm3"].set_hdr(on=True)
    with Picamera2() as camera:
        assert [(mode["size"], mode["fps"]) for mode in camera.sensor_modes] == [((2304, 1296), 30.0)]
