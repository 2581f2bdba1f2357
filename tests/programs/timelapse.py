"""A picture every minute for twelve minutes, by sleeping in between."""

import time

from picamera2 import Picamera2

picam2 = Picamera2()
picam2.configure(picam2.create_still_configuration(main={"size": (320, 240)}))
picam2.start()
begin = time.time()
for number in range(12):
    picam2.capture_metadata()
    if number % 3 == 0:
        picam2.capture_file(f"minute{number:02d}.jpg")
        print(time.strftime("%H:%M:%S", time.gmtime(time.time())), flush=True)
    time.sleep(begin + 60 * (number + 1) - time.time())
print(f"{time.time() - begin:.3f} s")
