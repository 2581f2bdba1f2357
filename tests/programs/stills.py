"""JPEG with EXIF, PNG, and arrays of every stream."""

from picamera2 import Picamera2

picam2 = Picamera2()
config = picam2.create_still_configuration(main={"size": (1920, 1080)}, lores={"size": (320, 240), "format": "YUV420"}, raw={})
picam2.configure(config)
picam2.set_controls({"ExposureTime": 8000, "AnalogueGain": 2.0, "ColourGains": (1.8, 1.6)})
picam2.start()
for _ in range(12):
    picam2.capture_metadata()
print(picam2.capture_file("a.jpg")["ExposureTime"])
picam2.capture_file("a.png")
main, lores, raw = picam2.capture_arrays(["main", "lores", "raw"])[0]
print(main.shape, lores.shape, raw.ndim)
with picam2.captured_request() as request:
    image = request.make_image("main")
    image.resize((192, 108)).save("small.jpg")
