"""Three seconds of H.264 in an mp4, and a second of MJPEG beside it from the low resolution stream."""

import time

from picamera2 import Picamera2
from picamera2.encoders import LibavH264Encoder, MJPEGEncoder
from picamera2.outputs import FileOutput, PyavOutput

picam2 = Picamera2()
picam2.configure(picam2.create_video_configuration(main={"size": (640, 360)}, lores={"size": (320, 180)}, controls={"FrameRate": 30}))
encoder = LibavH264Encoder(bitrate=2_000_000)
picam2.start_recording(encoder, PyavOutput("video.mp4"))
time.sleep(2)
mjpeg = MJPEGEncoder()
picam2.start_encoder(mjpeg, FileOutput("video.mjpeg"), name="lores")
time.sleep(1)
picam2.stop_encoder(mjpeg)
picam2.stop_recording()
print(encoder.frames_encoded)
