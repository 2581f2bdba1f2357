"""Asynchronous captures: jobs waited for later, functions called when they are done, cancelled ones."""

import picamera2
from picamera2 import Picamera2

picam2 = Picamera2()
picam2.configure(picam2.create_preview_configuration())
picam2.start()
jobs = [picam2.capture_metadata(wait=False) for _ in range(3)]
stamps = [picam2.wait(job)["SensorTimestamp"] for job in jobs]
print(stamps == sorted(stamps))
done = []
job = picam2.switch_mode_and_capture_array(picam2.create_still_configuration(main={"size": (640, 480)}), signal_function=done.append)
print(picam2.wait(job).shape, done == [job])
picam2.set_controls({"ExposureTime": 100_000_000, "FrameDurationLimits": (100, 10**9)})
for _ in range(10):
    picam2.capture_metadata()
try:
    picam2.capture_metadata(wait=1.0)
except picamera2.TimeoutError:
    print("timed out")
    picam2.cancel_all_and_flush()
picam2.close()
