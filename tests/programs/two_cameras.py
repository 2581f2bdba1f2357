"""Two threads, each with a camera of its own, both recording and changing exposure."""

import threading
import time

from picamera2 import Picamera2
from picamera2.encoders import LibavH264Encoder
from picamera2.outputs import PyavOutput


def work(number):
    with Picamera2(number) as picam2:
        picam2.configure(picam2.create_video_configuration(main={"size": (320, 240)}))
        encoder = LibavH264Encoder(bitrate=500_000)
        picam2.start_recording(encoder, PyavOutput(f"camera{number}.mp4"))
        for turn in range(40):
            metadata = picam2.capture_metadata()
            print(number, metadata["SensorTimestamp"], metadata["ExposureTime"], round(metadata["AnalogueGain"], 3), flush=True)
            if turn % 7 == 3 + number:
                picam2.set_controls({"ExposureTime": 1000 + 37 * turn, "AnalogueGain": 1.0 + turn % 5})
            if turn % 10 == 0:
                time.sleep(0.123)
        picam2.stop_recording()


threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
