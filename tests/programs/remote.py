"""Frames that another process sums up, from their shared memory."""

import numpy as np
from picamera2 import Picamera2, Process, RemoteMappedArray


def total(request):
    with RemoteMappedArray(request, "main") as mapped:
        return int(np.sum(mapped.array, dtype=np.int64))


if __name__ == "__main__":
    picam2 = Picamera2()
    process = Process(total, picam2)
    picam2.configure(picam2.create_preview_configuration(buffer_count=6))
    picam2.start()
    for _ in range(3):
        with picam2.captured_request() as request:
            there = process.send(request).result()
            here = int(np.sum(request.make_array("main"), dtype=np.int64))
            print(there == here, here > 0)
    process.close()
