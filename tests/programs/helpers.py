"""Picamera2's one-line helpers, and a circular buffer."""

import time

from picamera2 import Picamera2
from picamera2.encoders import H264Encoder
from picamera2.outputs import CircularOutput2, PyavOutput

picam2 = Picamera2()
picam2.start_and_capture_files("burst{:d}.jpg", num_files=3, delay=0.5, show_preview=False)
picam2.stop()
picam2.start_and_record_video("short.mp4", duration=2, encoder=H264Encoder(1_000_000), show_preview=False)
picam2.stop()
circular = CircularOutput2(buffer_duration_ms=2000)
picam2.configure(picam2.create_video_configuration(main={"size": (320, 240)}))
picam2.start_recording(H264Encoder(1_000_000), circular)
time.sleep(5)
circular.open_output(PyavOutput("before.mp4"))
time.sleep(1)
picam2.stop_recording()
