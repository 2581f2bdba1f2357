"""A simulated world that begins and ends while its process goes on, as in a pytest run: python run_worlds.py SOURCE."""

import sys

from hil.sim import seams
from hil.sim.world import HostClock, World

if __name__ == "__main__":
    world = World(seed=1)
    seams.install(world, backends=tuple, platform="vc4", clock=HostClock(world, offset_ns=10**12))
    exec(sys.argv[1])
    seams.uninstall()
    world.close()
    print("the world is over", flush=True)
