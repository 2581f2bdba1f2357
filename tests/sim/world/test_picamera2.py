"""Real picamera2 on a fake camera: delivery, callbacks, lazily made pixels, encoders, own event loops."""

import asyncio
import io
import os
import select
import threading
import time
from types import SimpleNamespace

import av
import numpy as np
import pytest

FRAME_NS = 8_333_333


@pytest.fixture
def picam2(cameras):
    """The first camera, streaming a main stream of 1332x990 at 120 frames a second."""
    from picamera2 import Picamera2

    with Picamera2(0) as camera:
        camera.configure(camera.create_video_configuration(main={"size": (1332, 990), "format": "RGB888"}))
        camera.start()
        yield camera


def test_every_frame_is_seen_and_none_is_rendered(picam2, cameras):
    stamps = [picam2.capture_metadata()["SensorTimestamp"] for _ in range(50)]

    assert set(np.diff(stamps)) == {FRAME_NS}
    assert cameras[0].rendered == cameras[1].rendered == 0


def test_only_the_stream_that_somebody_looks_at_is_rendered(cameras):
    from picamera2 import Picamera2

    with Picamera2(0) as picam2:
        picam2.configure(picam2.create_video_configuration(lores={"size": (320, 240)}, raw={"size": (1332, 990)}))
        picam2.start()
        with picam2.captured_request() as request:
            first = request.make_array("main")
            again = request.make_array("main")
            assert sum(camera.rendered for camera in cameras) == 1
            request.make_array("raw")
            assert sum(camera.rendered for camera in cameras) == 2

    assert (first == again).all()


def test_what_is_written_into_a_mapped_array_stays(picam2):
    from picamera2 import MappedArray

    with picam2.captured_request() as request:
        with MappedArray(request, "main") as mapped:
            mapped.array[:] = 7
        assert (request.make_array("main") == 7).all()


def test_a_request_that_is_held_keeps_its_own_frame(picam2):
    held = [picam2.capture_request() for _ in range(3)]
    time.sleep(1)
    shown = [int(request.make_array("main")[0, 0, 0]) for request in held]
    for request in held:
        request.release()

    assert np.diff(shown).tolist() == [1, 1]


def test_libcameras_own_allocator_shows_pixels_too(cameras):
    from picamera2 import Picamera2
    from picamera2.allocators import LibcameraAllocator

    with Picamera2(0) as picam2:
        picam2.allocator = LibcameraAllocator(picam2.camera)
        picam2.configure(picam2.create_preview_configuration())
        picam2.start()
        assert picam2.capture_array().shape == (480, 640, 4)
        assert len(np.unique(picam2.capture_array())) == 1


def test_callbacks_run_in_the_cameras_own_thread_and_may_sleep(picam2):
    seen = []

    def callback(request):
        seen.append(threading.current_thread() is threading.main_thread())
        time.sleep(0.05)

    picam2.pre_callback = callback
    time.sleep(1)
    picam2.stop()

    assert 15 <= len(seen) <= 26
    assert not any(seen)


def test_a_callback_may_wait_for_the_main_program(picam2):
    import queue

    frames = queue.Queue(maxsize=1)
    picam2.post_callback = lambda request: frames.put(request.get_metadata()["SensorTimestamp"])
    stamps = []
    for _ in range(5):
        time.sleep(0.1)
        stamps.append(frames.get())
    picam2.post_callback = None
    while not frames.empty():
        frames.get()

    assert len(stamps) == 5
    assert (np.diff(stamps) > 0).all()


def test_jobs_may_be_waited_for_later_and_tell_when_they_are_done(picam2):
    told = []
    job = picam2.capture_metadata(wait=False)
    picam2.capture_array(signal_function=lambda job: told.append(threading.current_thread().name))

    assert picam2.wait(job)["ExposureTime"] == 5000
    time.sleep(0.1)
    assert len(told) == 1


def test_a_capture_that_never_comes_times_out_on_the_rigs_clock(picam2):
    import picamera2

    picam2.set_controls({"ExposureTime": 600_000_000})
    for _ in range(12):
        picam2.capture_metadata()
    before = time.monotonic()

    with pytest.raises(picamera2.TimeoutError):
        picam2.capture_metadata(wait=2.0)
    assert time.monotonic() - before == pytest.approx(2.0, abs=1e-6)


def test_an_event_loop_of_ones_own_works(cameras):
    from picamera2 import Picamera2

    with Picamera2(0) as picam2:
        picam2.configure(picam2.create_preview_configuration())
        picam2.start(show_preview=None)
        job = picam2.capture_metadata(wait=False)
        while not job._future.done():
            assert select.select([picam2.notifyme_r], [], [], 1.0)[0]
            os.read(picam2.notifyme_r, 64)
            picam2.process_requests(SimpleNamespace(render_request=id))
        assert time.monotonic() == pytest.approx(1000 + 0.0203, abs=0.001)
        picam2.stop()


def test_asyncio_programs_capture(picam2):
    async def main():
        loop = asyncio.get_running_loop()
        futures = []
        for _ in range(3):
            future = loop.create_future()
            picam2.capture_metadata(signal_function=lambda job, f=future: loop.call_soon_threadsafe(f.set_result, job.get_result()))
            futures.append(await future)
        await asyncio.sleep(0.5)
        return [metadata["SensorTimestamp"] for metadata in futures]

    assert (np.diff(asyncio.run(main())) >= FRAME_NS).all()


def test_a_window_is_said_to_be_missing_and_the_camera_runs(cameras, capsys):
    from picamera2 import Picamera2, Preview

    with Picamera2(0) as picam2:
        picam2.start_preview(Preview.QTGL)
        picam2.start()
        assert picam2.capture_metadata()["ExposureTime"] == 5000

    assert capsys.readouterr().err == "hil: no screen in the simulation; QtGlPreview runs without a window\n"


def test_an_h264_file_holds_every_frame_of_its_time(picam2, tmp_path):
    from picamera2.encoders import H264Encoder
    from picamera2.outputs import PyavOutput

    picam2.start_recording(H264Encoder(bitrate=1_000_000), PyavOutput(str(tmp_path / "a.mp4")))
    time.sleep(1)
    picam2.stop_recording()

    with av.open(str(tmp_path / "a.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert 117 <= len(times) <= 121
    assert np.allclose(np.diff(times), 1 / 120, atol=2e-5)


def test_jpegs_of_several_threads_lose_no_frame(picam2):
    from picamera2.encoders import JpegEncoder
    from picamera2.outputs import FileOutput

    picam2.start_recording(JpegEncoder(), FileOutput(memory := io.BytesIO()))
    time.sleep(0.5)
    picam2.stop_recording()

    assert 57 <= memory.getvalue().count(b"\xff\xd8\xff") <= 61


def test_an_error_in_a_callback_ends_the_event_loop_as_on_a_pi(picam2, monkeypatch):
    said = []
    monkeypatch.setattr(threading, "excepthook", lambda about: said.append((about.exc_type, about.thread.name)))

    picam2.pre_callback = lambda request: 1 / 0
    time.sleep(0.1)

    assert said[0][0] is ZeroDivisionError
    picam2._preview = None  # or close() would wait for the loop that has ended
    picam2._event_loop_running = False


def test_two_threads_with_two_cameras_take_turns_in_the_order_of_time(cameras):
    from picamera2 import Picamera2

    def watch(number, log):
        with Picamera2(number) as picam2:
            picam2.configure(picam2.create_video_configuration())
            picam2.start()
            for turn in range(30):
                metadata = picam2.capture_metadata()
                log.append((number, metadata["SensorTimestamp"], metadata["ExposureTime"]))
                if turn % 7 == 3 + number:
                    picam2.set_controls({"ExposureTime": 1000 + 100 * turn})
                if turn % 10 == 0:
                    time.sleep(0.123)

    log = []
    threads = [threading.Thread(target=watch, args=(number, log)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(log) == 60
    for number in range(2):
        stamps = [stamp for camera, stamp, _ in log if camera == number]
        assert stamps == sorted(set(stamps))
