"""Controls and properties, as the Raspberry Pi's libcamera advertises them per sensor and platform."""

import pytest

from hil import catalog
from hil.sim.camera import advertised
from hil.sim.camera.advertised import Kind
from hil.sim.libcamera.geometry import Rectangle, Size
from hil.sim.libcamera.ids import controls, properties

AF = {"AfMode", "AfRange", "AfSpeed", "AfMetering", "AfWindows", "AfTrigger", "AfPause", "LensPosition"}
COLOUR = {"AwbEnable", "AwbMode", "ColourGains", "ColourCorrectionMatrix", "ColourTemperature", "Saturation"}


def names(found):
    return {identity.name for identity in found}


@pytest.mark.parametrize("module", [module.name for module in catalog.modules()])
def test_only_a_motorised_lens_has_autofocus_controls(bench, module):
    found = names(bench(module).camera.controls)

    assert (found >= AF) is module.startswith("Camera Module 3")
    assert found >= COLOUR


def test_a_mono_sensor_would_have_no_colour_controls():
    assert not names(advertised.before_configure(Kind("vc4", mono=True))) & COLOUR


def test_scaler_crops_come_with_pisp_and_leave_when_one_output_is_configured(bench):
    camera = bench("imx477", board="Raspberry Pi 5")
    before = names(camera.camera.controls)
    camera.configure((2028, 1080), 12)

    assert "ScalerCrops" in before
    assert "ScalerCrops" not in names(camera.camera.controls)
    assert "ScalerCrops" not in names(bench("imx477", board="Raspberry Pi 4").camera.controls)


def test_defaults_hold_until_the_first_configuration(bench):
    camera = bench("imx708")

    assert camera.advertised("ExposureTime") == (1, 66666, 20000)
    assert camera.advertised("AnalogueGain") == (1.0, 16.0, 1.0)
    assert camera.advertised("FrameDurationLimits") == (33333, 250000000, (33333, 33333))
    assert camera.advertised("LensPosition") == (0.0, 32.0, 1.0)
    assert camera.advertised("ScalerCrop") == (Rectangle(), Rectangle(65535, 65535, 65535, 65535), Rectangle())


@pytest.mark.parametrize(("module", "near"), [("Camera Module 3", 15.0), ("Camera Module 3 Wide", 35.0)])
def test_the_lens_range_is_that_of_the_tuning_file(bench, module, near):
    camera = bench(module)
    camera.configure((2304, 1296))

    assert camera.advertised("LensPosition") == (0.0, near, 1.0)


def test_the_gain_of_imx296_is_advertised_beyond_what_is_applied(bench):
    camera = bench("imx296")
    camera.configure((1456, 1088))

    assert camera.advertised("AnalogueGain")[1] == pytest.approx(251.19, abs=0.01)


def test_allowed_values_are_listed(bench):
    listed = bench("imx219").camera.controls

    assert listed[controls.AeFlickerMode].values == [0, 1]
    assert listed[controls.rpi.SyncMode].values == [0, 2]
    assert listed[controls.AwbMode].values == list(range(8))


def test_properties_of_the_hq_camera(bench):
    camera = bench("imx477")
    before = camera.camera.properties
    camera.configure((1332, 990), 10)
    after = camera.camera.properties

    assert before[properties.Model] == "imx477"
    assert before[properties.Rotation] == 180
    assert before[properties.UnitCellSize] == Size(1550, 1550)
    assert before[properties.PixelArraySize] == Size(4056, 3040)
    assert before[properties.PixelArrayActiveAreas] == (Rectangle(8, 16, 4056, 3040),)
    assert before[properties.draft.ColorFilterArrangement] == 0
    assert before[properties.ScalerCropMaximum] == Rectangle()
    assert after[properties.ScalerCropMaximum] == Rectangle(696, 528, 2664, 1980)
    assert after[properties.SensorSensitivity] == 1.0


def test_binned_modes_of_imx708_are_twice_as_sensitive(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))

    assert camera.camera.properties[properties.SensorSensitivity] == 2.0
    assert camera.device._setup.optics.pixel.responsivity_e_per_lux_s == pytest.approx(
        2 * camera.device.truth.pixel.responsivity_e_per_lux_s
    )


@pytest.mark.parametrize(("board", "prefix"), [("Raspberry Pi 5", "/base/axi/pcie@"), ("Raspberry Pi 4", "/base/soc/i2c0mux/i2c@1/")])
def test_the_id_is_the_device_tree_path(bench, board, prefix):
    identity = bench("imx708", board=board).camera.id

    assert identity.startswith(prefix)
    assert identity.endswith("/imx708@1a")
