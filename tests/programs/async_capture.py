"""An asyncio program that captures while something else goes on."""

import asyncio

from picamera2 import Picamera2


async def metadata(picam2):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    picam2.capture_metadata(signal_function=lambda job: loop.call_soon_threadsafe(future.set_result, job.get_result()))
    return await future


async def tick(log):
    while True:
        await asyncio.sleep(0.1)
        log.append(asyncio.get_running_loop().time())


async def main():
    with Picamera2() as picam2:
        picam2.configure(picam2.create_preview_configuration(controls={"FrameRate": 30}))
        picam2.start()
        log = []
        ticker = asyncio.create_task(tick(log))
        stamps = [(await metadata(picam2))["SensorTimestamp"] for _ in range(30)]
        ticker.cancel()
        print(stamps == sorted(set(stamps)), len(log) > 8, await asyncio.to_thread(picam2.capture_metadata) != {})


asyncio.run(main())
