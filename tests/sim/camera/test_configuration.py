"""Stream configurations as a Raspberry Pi's libcamera makes them."""

import pytest

from hil import catalog
from hil.sim.camera import formats
from hil.sim.camera.configuration import Configurator
from hil.sim.libcamera import _enums
from hil.sim.libcamera.color_space import ColorSpace, name_of
from hil.sim.libcamera.formats import PixelFormat
from hil.sim.libcamera.geometry import Rectangle, Size
from hil.sim.libcamera.ids import controls, properties
from hil.sim.libcamera.stream import CameraConfiguration, SensorConfiguration

VALID, ADJUSTED, INVALID = (CameraConfiguration.Status.Valid, CameraConfiguration.Status.Adjusted, CameraConfiguration.Status.Invalid)
ROLES = _enums.StreamRole


def shown(entry):
    return str(entry.pixel_format), (entry.size.width, entry.size.height), entry.stride, entry.frame_size


def test_default_configurations_are_those_of_the_roles(bench):
    config = bench("imx477").camera.generate_configuration([ROLES.StillCapture, ROLES.VideoRecording, ROLES.Viewfinder, ROLES.Raw])

    assert [str(entry) for entry in config] == [
        "4056x3040-YUV420/sYCC",
        "1920x1080-YUV420/Rec709",
        "800x600-XRGB8888/sYCC",
        "4056x3040-SRGGB12_CSI2P/RAW",
    ]
    assert [entry.buffer_count for entry in config] == [1, 4, 4, 2]


def test_raw_formats_are_listed_in_native_order_per_depth_with_sizes_from_small_to_large(bench):
    entry = bench("imx219").camera.generate_configuration([ROLES.Raw]).at(0)

    listed = {str(fmt): [str(size) for size in entry.formats.sizes(fmt)] for fmt in entry.formats.pixel_formats}

    assert listed == {
        "SRGGB10_CSI2P": ["640x480", "1640x1232", "1920x1080", "3280x2464"],
        "SRGGB8": ["640x480", "1640x1232", "1920x1080", "3280x2464"],
    }


@pytest.mark.parametrize(
    ("board", "asked", "got"),
    [
        ("Raspberry Pi 4", "SRGGB12_CSI2P", ("SBGGR12_CSI2P", (4056, 3040), 6112, 6112 * 3040)),
        ("Raspberry Pi 4", "SRGGB12", ("SBGGR12", (4056, 3040), 8128, 8128 * 3040)),
        ("Raspberry Pi 5", "SRGGB12_CSI2P", ("BGGR_PISP_COMP1", (4056, 3040), 4096, 4096 * 3040)),
        ("Raspberry Pi 5", "SRGGB12", ("SBGGR16", (4056, 3040), 8128, 8128 * 3040)),
    ],
)
def test_raw_streams_take_the_platforms_format_and_the_flipped_order_of_a_camera_mounted_upside_down(bench, board, asked, got):
    camera = bench("imx477", board=board).camera
    config = camera.generate_configuration([ROLES.Raw])
    config.at(0).pixel_format = PixelFormat(asked)

    assert config.validate() == ADJUSTED
    assert shown(config.at(0)) == got
    assert config.validate() == VALID


@pytest.mark.parametrize(
    ("orientation", "order"), [("Rotate0", "BGGR"), ("Rotate0Mirror", "GBRG"), ("Rotate180Mirror", "GRBG"), ("Rotate180", "RGGB")]
)
def test_the_orientation_flips_the_bayer_order(bench, orientation, order):
    config = bench("imx708", board="Raspberry Pi 4").camera.generate_configuration([ROLES.Raw])
    config.orientation = getattr(_enums.Orientation, orientation)
    config.validate()

    assert str(config.at(0).pixel_format) == f"S{order}10_CSI2P"


def test_an_orientation_that_needs_a_transposition_becomes_that_of_the_mounting(bench):
    config = bench("imx477").camera.generate_configuration([ROLES.Viewfinder])
    config.orientation = _enums.Orientation.Rotate90

    assert config.validate() == ADJUSTED
    assert config.orientation == _enums.Orientation.Rotate180


@pytest.mark.parametrize(
    ("board", "fmt", "size", "stride", "frame_size"),
    [
        ("Raspberry Pi 4", "YUV420", (642, 480), 704, 704 * 480 * 3 // 2),
        ("Raspberry Pi 4", "RGB888", (642, 480), 1952, 1952 * 480),
        ("Raspberry Pi 4", "XBGR8888", (642, 480), 2624, 2624 * 480),
        ("Raspberry Pi 5", "YUV420", (320, 240), 384, 384 * 240 * 3 // 2),
        ("Raspberry Pi 5", "RGB888", (642, 480), 1984, 1984 * 480),
        ("Raspberry Pi 5", "NV12", (642, 480), 704, 704 * 480 * 3 // 2),
        ("Raspberry Pi 5", "BGR161616", (640, 480), 3840, 3840 * 480),
    ],
)
def test_outputs_are_padded_as_the_drivers_pad_them(bench, board, fmt, size, stride, frame_size):
    config = bench("imx219", board=board).camera.generate_configuration([ROLES.VideoRecording])
    config.at(0).size, config.at(0).pixel_format = Size(*size), PixelFormat(fmt)
    config.validate()

    assert shown(config.at(0)) == (fmt, size, stride, frame_size)


def test_at_most_one_raw_stream_and_two_outputs(bench):
    camera = bench("imx219").camera

    assert camera.generate_configuration([ROLES.Raw, ROLES.Raw]).validate() == INVALID
    assert camera.generate_configuration([ROLES.Viewfinder] * 3).validate() == INVALID
    assert camera.generate_configuration([ROLES.Raw, ROLES.Viewfinder, ROLES.Viewfinder]).validate() != INVALID
    assert camera.generate_configuration([]).validate() == INVALID


@pytest.mark.parametrize(
    ("size", "bits", "status"),
    [((1640, 1232), 10, ADJUSTED), ((1640, 1232), 12, INVALID), ((1640, 1230), 10, INVALID), ((0, 0), 10, INVALID)],
)
def test_a_sensor_configuration_must_be_met_exactly(bench, size, bits, status):
    config = bench("imx219").camera.generate_configuration([ROLES.Raw])
    wanted = SensorConfiguration()
    wanted.output_size, wanted.bit_depth = Size(*size), bits
    config.sensor_config = wanted

    assert config.validate() == status


@pytest.mark.parametrize(
    ("sensor", "generation", "size", "bits", "chosen"),
    [
        ("imx477", "legacy", (640, 480), 12, "2028x1520-12"),
        ("imx477", "legacy", (1332, 990), 10, "1332x990-10"),
        ("imx477", "legacy", (1332, 990), 12, "2028x1520-12"),
        ("imx477", "legacy", (1920, 1080), 12, "2028x1080-12"),
        ("imx477", "current", (1332, 990), 12, "1332x990-12"),
        ("imx219", "newer", (1920, 1080), 12, "1920x1080-10"),
        ("imx219", "newer", (1280, 720), 12, "1920x1080-10"),
        ("imx708", "only", (1280, 720), 12, "1536x864-10"),
        ("imx708", "only", (1920, 1080), 12, "2304x1296-10"),
        ("ov5647", "new", (640, 480), 12, "640x480-10"),
    ],
)
def test_modes_are_scored_as_libcamera_scores_them(sensor, generation, size, bits, chosen):
    found = catalog.sensor(sensor)
    modes = [mode for mode in found.generation(generation).modes if not mode.hdr]

    best = Configurator(formats.platform("vc4"), found, modes).best_mode(size, bits)

    assert best.key_bits == chosen


def test_all_processed_streams_share_the_first_valid_colour_space(bench):
    config = bench("imx219").camera.generate_configuration([ROLES.VideoRecording, ROLES.Viewfinder])

    assert config.validate() == ADJUSTED
    assert [name_of(entry.color_space) for entry in config] == ["Rec709", "Rec709/Rec709/None/Full"]


def test_an_rgb_stream_may_ask_for_the_yuv_form_of_its_colour_space(bench):
    config = bench("imx219").camera.generate_configuration([ROLES.Viewfinder])
    config.at(0).color_space = ColorSpace.Sycc()

    assert config.validate() == VALID


def test_the_streams_stay_the_same_objects_over_reconfigurations(bench):
    camera = bench("imx477")
    first = [entry.stream for entry in camera.configure((2028, 1080), 12)]

    second = [entry.stream for entry in camera.configure((4056, 3040), 12, main=(1280, 720))]

    assert all(before is after for before, after in zip(first, second, strict=True))


def test_the_larger_output_has_the_first_stream_of_vc4_and_a_single_one_the_second_of_pisp(bench):
    vc4, pisp = bench("imx477", board="Raspberry Pi 4"), bench("imx477", board="Raspberry Pi 5")

    used = [camera.configure((2028, 1080), 12).at(0).stream for camera in (vc4, pisp)]

    assert used[0] is vc4.device.streams[1]
    assert used[1] is pisp.device.streams[2]


def test_scaler_crop_keeps_the_shape_of_the_output_within_the_mode(bench):
    camera = bench("imx477", board="Raspberry Pi 5")
    camera.configure((1332, 990), 10, main=(1280, 720))

    least, most, default = camera.advertised("ScalerCrop")

    assert most == Rectangle(696, 528, 2664, 1980)
    assert default == Rectangle(696, 770, 2664, 1498)
    assert least == Rectangle(696, 528, 162, 92)


def test_a_scaler_crop_outside_the_picture_is_moved_inside(bench):
    camera = bench("imx219", board="Raspberry Pi 4")
    camera.configure((3280, 2464), 10, main=(1640, 1232))
    camera.start_manual(exposure_us=1000)
    camera.take(4)

    frames = camera.take(6, ScalerCrop=Rectangle(3000, 2400, 1640, 1232))

    assert [frame["ScalerCrop"] for frame in frames][-1] == Rectangle(1640, 1232, 1640, 1232)
    assert frames[-1]["ScalerCrop"] != frames[0]["ScalerCrop"]


def test_a_raw_stream_alone_has_no_crop_on_pisp(bench):
    camera = bench("imx219", board="Raspberry Pi 5")
    camera.configure((1640, 1232), 10, main=None)
    camera.start_manual(exposure_us=1000)

    assert "ScalerCrop" not in camera.take(1)[0]
    assert camera.advertised("ScalerCrop")[1] == Rectangle(65535, 65535, 65535, 65535)


def test_two_outputs_on_pisp_have_crops_of_their_own(bench):
    camera = bench("imx219", board="Raspberry Pi 5")
    config = camera.camera.generate_configuration([ROLES.VideoRecording, ROLES.Viewfinder])
    config.validate()
    camera.camera.configure(config)

    assert controls.rpi.ScalerCrops in camera.camera.controls
    assert camera.camera.properties[properties.ScalerCropMaximum] == Rectangle(680, 692, 1920, 1080)
