"""What programs rely on beyond the recorded behaviours."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import struct
from typing import Any

import pytest

from hil.sim.libcamera import backend


def test_a_plain_enum_equals_its_number_and_a_scoped_one_does_not(lc: Any) -> None:
    assert lc.controls.AfStateEnum.Focused == 2
    assert {2: "focused"}[lc.controls.AfStateEnum.Focused] == "focused"
    assert lc.controls.AfStateEnum.Focused == lc.controls.AfModeEnum.Continuous
    assert lc.Orientation.Rotate0 != 1
    assert lc.controls.AfStateEnum.Idle != None  # noqa: E711 - what is asked is the comparison


def test_enums_survive_pickling_and_copying(lc: Any) -> None:
    for value in (lc.ColorSpace.Range.Full, lc.controls.draft.NoiseReductionModeEnum.Fast, lc.Orientation.Rotate180):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value


def test_what_picamera2_patches_can_be_patched_and_stays_hashable(lc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lc.Transform, "__eq__", lambda one, other: str(one) == str(other))
    monkeypatch.setattr(lc.Size, "to_tuple", lambda size: (size.width, size.height), raising=False)
    assert lc.Transform(hflip=1) == lc.Transform(hflip=True)
    assert len({lc.Transform(), lc.ColorSpace.Raw()}) == 2
    assert lc.Size(3, 4).to_tuple() == (3, 4)


def test_control_values_become_what_c_makes_of_them(lc: Any, running: Any) -> None:
    _, request = running
    request.set_control(lc.controls.AnalogueGain, 2.3)
    request.set_control(lc.controls.FrameDurationLimits, [33333, 40000])
    request.set_control(lc.controls.AfMode, lc.controls.AfModeEnum.Continuous)
    taken = backend.controls_of(request)
    assert taken[lc.controls.AnalogueGain] == struct.unpack("f", struct.pack("f", 2.3))[0]
    assert taken[lc.controls.FrameDurationLimits] == (33333, 40000)
    assert taken[lc.controls.AfMode] == 2
    assert type(taken[lc.controls.AfMode]) is int


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ExposureTime", 1.5, "Unable to cast Python instance of type <class 'float'> to C++ type 'int'"),
        ("ExposureTime", 1 << 31, "Unable to cast Python instance of type <class 'int'> to C++ type 'int'"),
        (
            "ColourGains",
            ("a", 1),
            "Unable to cast Python instance of type <class 'tuple'> to C++ type 'std::vector<float, std::allocator<float> >'",
        ),
        ("AeEnable", "yes", "Unable to cast Python instance of type <class 'str'> to C++ type 'bool'"),
        (
            "ScalerCrop",
            (0, 0, 1, 1),
            "Unable to cast Python instance of type <class 'tuple'> to C++ type 'std::vector<libcamera::Rectangle",
        ),
    ],
)
def test_a_control_of_the_wrong_type_is_refused_in_the_binding_s_words(lc: Any, running: Any, name: str, value: Any, message: str) -> None:
    _, request = running
    with pytest.raises(RuntimeError) as refused:
        request.set_control(getattr(lc.controls, name), value)
    assert str(refused.value).startswith(message)


def test_ae_enable_stands_for_both_modes(lc: Any, running: Any, virtual: Any) -> None:
    camera, request = running
    request.set_control(lc.controls.AeEnable, False)
    camera.queue_request(request)
    assert virtual[1].seen[-1][lc.controls.ExposureTimeMode] == 1
    assert virtual[1].seen[-1][lc.controls.AnalogueGainMode] == 1


def test_a_camera_that_another_process_holds_cannot_be_acquired(cm: Any, virtual: Any) -> None:
    virtual[0].held_by_another = True
    with pytest.raises(RuntimeError, match=r"^Failed to acquire camera: Device or resource busy$"):
        cm.get("Virtual0").acquire()


def test_a_request_of_another_camera_is_refused(lc: Any, cm: Any, running: Any) -> None:
    _, request = running
    other = cm.get("Virtual0")
    other.acquire()
    other.configure(other.generate_configuration([lc.StreamRole.Raw]))
    other.start()
    with pytest.raises(RuntimeError, match="Failed to queue request: Invalid cross-device link"):
        other.queue_request(request)


def test_streams_stay_the_same_objects_across_configurations(lc: Any, cm: Any) -> None:
    camera = cm.get("Virtual0")
    camera.acquire()
    seen = []
    for _ in range(2):
        config = camera.generate_configuration([lc.StreamRole.Viewfinder])
        camera.configure(config)
        seen.append(config.at(0).stream)
    assert seen[0] is seen[1]
    assert seen[0].configuration.size == config.at(0).size


def test_a_manager_dies_with_its_last_user_and_the_next_looks_again(lc: Any, virtual: Any) -> None:
    camera = lc.CameraManager.singleton().cameras[0]
    first = lc.CameraManager.singleton()
    assert first.get(camera.id) is camera
    del first, camera
    virtual.pop()
    assert [camera.id for camera in lc.CameraManager.singleton().cameras] == ["Virtual0"]


def test_the_event_fd_wakes_and_is_drained_by_fetching(cm: Any, running: Any) -> None:
    camera, request = running
    camera.queue_request(request)
    assert cm.get_ready_requests() == [request]
    assert cm.get_ready_requests() == []


def test_stopping_hands_back_what_was_queued_as_cancelled(lc: Any, cm: Any, running: Any, virtual: Any) -> None:
    camera, request = running
    virtual[1].answers = False
    camera.queue_request(request)
    camera.stop()
    assert [done.status for done in cm.get_ready_requests()] == [lc.Request.Status.Cancelled]
    buffer = next(iter(request.buffers.values()))
    assert buffer.metadata.status == lc.FrameMetadata.Status.Cancelled


def test_a_buffer_keeps_its_own_descriptor_and_closes_it(lc: Any) -> None:
    fd = os.memfd_create("test")
    os.ftruncate(fd, 16)
    plane = lc.FrameBuffer.Plane(fd, 0, 16)
    os.close(fd)
    buffer = lc.FrameBuffer([plane])
    kept = buffer.planes[0].fd
    assert os.fstat(kept).st_size == 16
    del plane, buffer
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(kept)


def test_pixels_are_made_when_somebody_looks_and_once(lc: Any) -> None:
    fd = os.memfd_create("test")
    os.ftruncate(fd, 8)
    buffer = lc.FrameBuffer([lc.FrameBuffer.Plane(fd, 0, 8)])
    calls: list[int] = []
    backend.pend(buffer, lambda memory: calls.append(len(memory)), frame="a frame")
    found = backend.buffer_of_fd(buffer.planes[0].fd)
    assert found is buffer
    backend.render(buffer)
    backend.render(buffer)
    os.close(fd)
    assert calls == [8]
    assert backend.frame_of(buffer) == "a frame"


def test_buffers_of_libcamera_s_own_allocator_arrive_rendered(running: Any) -> None:
    camera, request = running
    camera.queue_request(request)
    buffer = next(iter(request.buffers.values()))
    assert os.pread(buffer.planes[0].fd, 1, 0) == b"M"
    assert [plane.offset for plane in buffer.planes] == [0, 2_073_600]


def test_a_start_up_frame_has_a_status_without_a_name(lc: Any) -> None:
    status = lc.FrameMetadata.Status(backend.FRAME_STARTUP)
    assert status != lc.FrameMetadata.Status.Success
    assert repr(status) == "<Status.???: 3>"


def test_start_takes_a_dictionary_of_control_ids(lc: Any, cm: Any, virtual: Any) -> None:
    camera = cm.get("Virtual1")
    camera.acquire()
    camera.configure(camera.generate_configuration([lc.StreamRole.Viewfinder]))
    with pytest.raises(TypeError, match=r"^start\(\): incompatible function arguments"):
        camera.start({"ExposureTime": 1})
    camera.start({lc.controls.ExposureTime: 100})
    assert virtual[1].started_with == {lc.controls.ExposureTime: 100}


def test_values_are_copied_in_and_referred_to_out_as_in_c(lc: Any, cm: Any) -> None:
    entry = cm.get("Virtual0").generate_configuration([lc.StreamRole.Viewfinder]).at(0)
    size = lc.Size(640, 480)
    entry.size = size
    size.width = 1
    entry.size.height = 400
    assert entry.size == lc.Size(640, 400)


def test_a_transform_undone_is_identity(lc: Any) -> None:
    for rotation in (0, 90, 180, 270):
        for hflip in (False, True):
            transform = lc.Transform(rotation=rotation, hflip=hflip)
            transform.compose(transform.inverse())
            assert str(transform) == "<libcamera.Transform 'identity'>"
    with pytest.raises(ValueError, match="Invalid rotation"):
        lc.Transform(rotation=45)


def test_rectangles_are_scaled_and_enclosed_in_whole_pixels(lc: Any) -> None:
    scaled = lc.Rectangle(-3, 5, 7, 9).scaled_by(lc.Size(1, 1), lc.Size(2, 2))
    assert scaled == lc.Rectangle(-1, 2, 3, 4)
    assert lc.Rectangle(90, -5, 30, 30).enclosed_in(lc.Rectangle(0, 0, 100, 100)) == lc.Rectangle(70, 0, 30, 30)


def test_a_program_may_subclass_and_keeps_its_own_names(lc: Any) -> None:
    class Window(lc.Size):  # type: ignore[misc]
        pass

    assert Window.__module__ == __name__
    assert repr(Window(3, 4)) == "libcamera.Size(3, 4)"
