"""Buffers that survive reconfiguration, and libcamera's own allocator."""

from picamera2 import Picamera2
from picamera2.allocators import LibcameraAllocator, PersistentAllocator

picam2 = Picamera2(allocator=PersistentAllocator())
used = []
for use_case in ("a", "b", "a"):
    picam2.configure(picam2.create_preview_configuration(use_case=use_case))
    picam2.start()
    used.append({plane.fd for buffers in picam2.allocator.frame_buffers.values() for buffer in buffers for plane in buffer.planes})
    print(picam2.capture_array().std() > 5)
    picam2.stop()
print(used[0] == used[2], used[0].isdisjoint(used[1]))
picam2.allocator.close()
picam2.allocator = LibcameraAllocator(picam2.camera)
picam2.configure(picam2.create_preview_configuration())
picam2.start()
print(picam2.capture_array().std() > 5)
