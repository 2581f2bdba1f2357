"""A callback that draws into every frame, before it is encoded and saved."""

import time

import numpy as np
from picamera2 import MappedArray, Picamera2
from picamera2.encoders import H264Encoder
from picamera2.outputs import PyavOutput


def draw(request):
    with MappedArray(request, "main") as mapped:
        mapped.array[:100, :100] = (255, 0, 255, 255)


picam2 = Picamera2()
picam2.configure(picam2.create_video_configuration(main={"size": (640, 480)}))
picam2.pre_callback = draw
picam2.start_recording(H264Encoder(2_000_000), PyavOutput("overlay.mp4"))
time.sleep(1)
array = picam2.capture_array()
picam2.stop_recording()
print(np.unique(array[:100, :100].reshape(-1, 4), axis=0).tolist())
