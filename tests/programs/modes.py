"""Every sensor mode in turn, switching while the camera runs."""

from picamera2 import Picamera2

picam2 = Picamera2()
modes = picam2.sensor_modes
picam2.configure(picam2.create_preview_configuration())
picam2.start()
for mode in modes:
    sensor = {"output_size": mode["size"], "bit_depth": mode["bit_depth"]}
    picam2.switch_mode(picam2.create_preview_configuration(main={"size": (640, 480)}, raw={}, sensor=sensor))
    stamps = [picam2.capture_metadata()["SensorTimestamp"] for _ in range(2)]
    print(picam2.camera_configuration()["raw"]["size"] == mode["size"], stamps[1] > stamps[0])
still = picam2.create_still_configuration(main={"size": (640, 480)})
picam2.switch_mode_and_capture_file(still, "still.jpg")
print(picam2.camera_configuration()["main"]["size"])
