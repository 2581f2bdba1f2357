"""`hil sim run` on two fake cameras: python run_fake.py SCRIPT [args]."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from fake_camera import FakeCamera

from hil.sim import run, seams
from hil.sim.world import HostClock, World


def open_world():
    world = World(seed=1)
    clock = HostClock(world, offset_ns=10**12)
    cameras = [FakeCamera(world, clock, number) for number in range(2)]
    seams.install(world, backends=lambda: cameras, platform="vc4", clock=clock)


if __name__ == "__main__":
    sys.exit(run.main(None, 1, (), sys.argv[1], sys.argv[2:], open_world))
