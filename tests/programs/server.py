"""An MJPEG stream over a real socket, read by a client in the same program."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

from picamera2 import Picamera2
from picamera2.encoders import MJPEGEncoder
from picamera2.outputs import FileOutput


class Latest(io.BufferedIOBase):
    def __init__(self):
        self.frame, self.condition = None, threading.Condition()

    def write(self, frame):
        with self.condition:
            self.frame = frame
            self.condition.notify_all()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(5):
            with latest.condition:
                latest.condition.wait()
                self.wfile.write(latest.frame)

    def log_message(self, *about):
        pass


latest = Latest()
picam2 = Picamera2()
picam2.configure(picam2.create_video_configuration(main={"size": (640, 480)}))
picam2.start_recording(MJPEGEncoder(), FileOutput(latest))
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
    print(answer.read().count(b"\xff\xd8\xff"))
picam2.stop_recording()
server.shutdown()
