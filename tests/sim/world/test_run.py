"""A program under `hil sim run` behaves as under Python itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).parent / "run_fake.py"
HOUSE = RUNNER.parents[3]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(HOUSE)}


def run(folder, source, *argv, runner=RUNNER):
    """Run a program from `folder`, under our runner or (runner None) under Python alone."""
    (folder / "program.py").write_text(source)
    command = [sys.executable, *([] if runner is None else [runner]), "program.py", *argv]
    return subprocess.run(command, check=False, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


SAME_AS_PYTHON = {
    "arguments and names": "import sys\nprint(sys.argv, __name__, __file__, sys.path[0], __spec__, __package__, __doc__)",
    "an exit with a number": "import sys\nsys.exit(3)",
    "an exit with a text": "import sys\nprint('out')\nsys.exit('that was all')",
    "an exit without anything": "raise SystemExit",
    "an exit out of exit": "import sys\ntry:\n    sys.exit(4)\nfinally:\n    print('last')",
    "an error": "def f():\n    return 1 / 0\n\nprint('before', flush=True)\nf()",
    "an error out of an error": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e",
    "an error that is no syntax": "print(1)\nif True\n    pass\n",
    "an error in a thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\nprint('main goes on')",
    "Ctrl-C": "raise KeyboardInterrupt",
    "exit handlers": "import atexit\natexit.register(print, 'handler')\nprint('end')\nraise ValueError",
    "a thread that outlives the main program": (
        "import threading, time\n"
        "def work():\n    for n in range(3):\n        time.sleep(0.01)\n        print('thread', n, flush=True)\n"
        "threading.Thread(target=work).start()\nprint('main ends', flush=True)"
    ),
    "a daemon that does not": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()\nprint('main ends')"
    ),
    "an excepthook of its own": "import sys\nsys.excepthook = lambda *about: print('caught', about[0].__name__)\n1 / 0",
    "a wait that an executor finishes": (
        "from concurrent.futures import ThreadPoolExecutor\nimport time\n"
        "pool = ThreadPoolExecutor(2)\nprint(list(pool.map(lambda s: (time.sleep(s), s)[1], [0.02, 0.01])))"
    ),
}


@pytest.mark.parametrize("source", SAME_AS_PYTHON.values(), ids=SAME_AS_PYTHON)
def test_it_is_as_under_python_itself(tmp_path, source):
    ours = run(tmp_path, source, "a", "--seed", "b c")
    python = run(tmp_path, source, "a", "--seed", "b c", runner=None)

    assert (ours.returncode, ours.stdout, ours.stderr) == (python.returncode, python.stdout, python.stderr)


@pytest.mark.parametrize("script", ["missing.py", "."])
def test_what_is_no_script_is_one_line_and_exit_2(tmp_path, script):
    done = subprocess.run(
        [sys.executable, RUNNER, script], check=False, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"hil sim run: can't open file '{script}': ")
    assert done.stderr.count("\n") == 1


def test_nothing_of_picamera2_is_imported_before_the_program_does(tmp_path):
    done = run(tmp_path, "import sys\nprint([name for name in sys.modules if name.startswith(('picamera2', 'PIL', 'av', 'numpy.random'))])")

    assert done.stdout == "[]\n"


def test_a_traceback_through_picamera2_has_no_frame_of_ours(tmp_path):
    done = run(tmp_path, "from picamera2 import Picamera2\np = Picamera2()\np.start()\np.capture_file('x.bmpp')")

    assert done.returncode == 1
    assert 'File "' in done.stderr
    assert str(HOUSE / "hil") not in done.stderr
    assert '/program.py", line 4, in <module>\n' in done.stderr


def test_a_program_that_would_hang_is_told_so_and_ends(tmp_path):
    done = run(tmp_path, "import threading\nthreading.Event().wait()")

    assert done.returncode == 1
    assert "hil.sim.participant.SimDeadlock: this wait would never end" in done.stderr
    assert "MainThread waits for a lock with no deadline at program.py:2 in <module>" in done.stderr


def test_a_program_that_leaves_a_hanging_thread_ends_too(tmp_path):
    done = run(tmp_path, "import threading\nthreading.Thread(target=threading.Event().wait, name='forlorn').start()")

    assert done.returncode == 0
    assert "forlorn waits for a lock with no deadline" in done.stderr


def test_ctrl_c_in_a_wait_is_an_interrupt_there(tmp_path):
    (tmp_path / "program.py").write_text(
        "import os, signal, time\nfrom picamera2 import Picamera2\np = Picamera2()\np.start()\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which a shell's background job inherits ignored
        "def once(request):\n    if time.monotonic() > 1010:\n        p.pre_callback = None\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "p.pre_callback = once\n"
        "try:\n    time.sleep(1e9)\nexcept KeyboardInterrupt:\n    print('stopped', flush=True)\n    p.close()\n"
    )
    command = [sys.executable, RUNNER, "program.py"]
    done = subprocess.run(command, check=False, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)

    assert done.stdout == "stopped\n"
    assert done.returncode == 0


def test_an_uncaught_ctrl_c_ends_the_process_by_its_signal(tmp_path):
    assert run(tmp_path, "raise KeyboardInterrupt").returncode == -signal.SIGINT
