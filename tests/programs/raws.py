"""DNG files of packed, unpacked and default raw streams, and of an exposure above a second."""

import sys

from picamera2 import Picamera2

picam2 = Picamera2(0)
width, height = min((mode["size"] for mode in picam2.sensor_modes), key=lambda size: size[0] * size[1])
order = picam2.sensor_format
for name, raw_format in (("packed", f"{order}"), ("unpacked", order.removesuffix("_CSI2P"))):
    picam2.configure(picam2.create_still_configuration(main={"size": (320, 240)}, raw={"size": (width, height), "format": raw_format}))
    picam2.start()
    picam2.capture_file(f"{name}.dng", name="raw")
    print(name, picam2.camera_configuration()["raw"]["format"], width, height)
    picam2.stop()
config = picam2.create_still_configuration(main={"size": (320, 240)}, raw={"size": (width, height)})
config["controls"] |= {"ExposureTime": int(sys.argv[1]), "AnalogueGain": 1.0, "FrameDurationLimits": (100, 10**9)}
picam2.configure(config)
picam2.start()
print(picam2.capture_file("long.dng", name="raw")["ExposureTime"])
