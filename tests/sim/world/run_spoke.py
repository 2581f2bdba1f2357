"""A host process with no cameras: it counts on its own, tells the others every tenth count, and answers whoever tells it.

Arguments: where the hub listens, its name, the period of its counting in ns, "busy" to burn time beside it.
"""

import itertools
import sys
import threading
from pathlib import Path

from hil.sim.link_spoke import Spoke
from hil.sim.world import World


def main(path, name, period_ns, load):
    world = World(seed=1)
    spoke = Spoke(world, name, Path(path))
    heard = []

    def hear(said):
        heard.append((world.now_ns, *said))
        if said[0] == "ping":
            spoke.tell("count", ("pong", name, said[2]))

    def count(number):
        if number % 10 == 0:
            spoke.tell("count", ("ping", name, number))
        world.after(period_ns, count, number + 1)

    def finish(_):
        spoke.tell("log", (name, heard))

    spoke.hear("count", hear)
    spoke.hear("finish", finish)
    world.after(period_ns, count, 1)
    if load == "busy":
        threading.Thread(target=lambda: [None for _ in itertools.count()], daemon=True).start()
    world.wait(lambda: False, None, "the end")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
