"""A process that outlives its simulated world ends by itself, whatever threads the world has left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).parent / "run_worlds.py"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(RUNNER.parents[3])}


def run(source):
    command = [sys.executable, RUNNER, source]
    return subprocess.run(command, check=False, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


WHO_ENDS_BY_ITSELF = {
    "a timer": ("import threading\nthreading.Timer(86400, print, ['tick']).start()", "tick\nthe world is over\n"),
    "a cancelled timer": ("import threading\nt = threading.Timer(5, print, ['tick'])\nt.start()\nt.cancel()", "the world is over\n"),
    "a timer out of a timer": (
        "import threading\nthreading.Timer(5, lambda: threading.Timer(5, print, ['tick']).start()).start()",
        "tick\nthe world is over\n",
    ),
    "an executor that is busy": (
        "import time\nfrom concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\n"
        "pool.submit(lambda: (time.sleep(30), print('done')))",
        "done\nthe world is over\n",
    ),
    "an executor that idles": (
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\nprint(pool.submit(pow, 2, 3).result())",
        "8\nthe world is over\n",
    ),
    "who is told later to go on": (
        "import threading\nevent = threading.Event()\nthreading._register_atexit(event.set)\n"
        "threading.Thread(target=lambda: event.wait() and print('told')).start()",
        "the world is over\ntold\n",
    ),
    "a daemon": ("import threading, time\nthreading.Thread(target=time.sleep, args=(1e9,), daemon=True).start()", "the world is over\n"),
    "who listens to the real world": (
        "import os, threading\nhere, there = os.pipe()\nthreading.Thread(target=lambda: print(os.read(here, 9))).start()\n"
        "threading._register_atexit(lambda: os.write(there, b'hello'))",
        "the world is over\nb'hello'\n",
    ),
}


@pytest.mark.parametrize(("source", "said"), WHO_ENDS_BY_ITSELF.values(), ids=WHO_ENDS_BY_ITSELF)
def test_whoever_can_go_on_does(source, said):
    done = run(source)

    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


WHO_NEVER_ENDS = {
    "in a wait for nobody": ("import threading\nthreading.Thread(target=threading.Event().wait, name='forlorn').start()", "world and"),
    "in an endless loop": (
        "import threading, time\ndef work():\n    while True:\n        time.sleep(0.1)\n"
        "threading.Thread(target=work, name='forlorn').start()",
        "world at <string>:4 in work and",
    ),
}


@pytest.mark.parametrize(("source", "where"), WHO_NEVER_ENDS.values(), ids=WHO_NEVER_ENDS)
def test_whoever_never_would_is_named_and_ended(source, where):
    done = run(source)

    assert (done.returncode, done.stdout) == (0, "the world is over\n")
    assert done.stderr == f"hil: thread forlorn outlived the simulated {where} is ended; join it, or make it a daemon\n"
