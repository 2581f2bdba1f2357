"""The Pico's processor: a MicroPython child process. It runs only while the world waits for it, and parks to let time pass.

Console bytes go through pipes, whose fill the kernel tells exactly; requests go over the world link, a socket. The child is
parked when it says so on the link (the firmware waits), or when it reads its empty standard input (the REPL waits).
When this process ends, by whatever signal, the link and the pipe close, and the child ends at its next wait.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic  # supervision of a real process: real time
from typing import Any

from hil.errors import RigError
from hil.sim.pico import interpreter

SHIM = Path(__file__).parent / "shim"
_LOOK_S = 0.001  # how often to look whether the REPL waits; anything else announces itself
_STUCK_S = 30.0
_HEAP = "192K"  # what MicroPython leaves to programs on an RP2040


class Child:
    """One life of the processor, from reset to reset."""

    def __init__(
        self, flash: Path, request: Callable[[list[Any]], Any], answering: frozenset[str], facts: Mapping[str, str], *, main: bool
    ) -> None:
        """`flash`: its file system; `request`: what carries out requests; `facts`: environment; `main`: whether to run main.py."""
        self._request, self._answering = request, answering
        self._link, theirs = socket.socketpair()
        self._lines = bytearray()
        self.until_us: int | None = None
        """Until when it has parked, on its timer."""
        self.wants_input = False
        self.in_repl = False
        """Whether it waits in the REPL, not in the firmware."""
        self._asleep = self._runs = False
        self.output = bytearray()
        """What it has printed."""
        environment = {
            **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "HOME", "LANG") if name in os.environ},
            **facts,
            "MICROPYPATH": f"{SHIM}:.frozen",
            "HIL_PICO_SHIM": str(SHIM),
            "HIL_PICO_LINK": str(theirs.fileno()),
            "HIL_PICO_MAIN": "1" if main else "",
        }
        argv = [interpreter.find(), "-X", f"heapsize={_HEAP}", "-i", str(SHIM / "start.py")]
        with theirs:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=flash,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._stdout, False)
        self._link.setblocking(False)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    # -- running

    def run(self) -> bool:
        """Let it run until it parks; False if it has ended (the REPL's ^D). RigError if it does neither."""
        self._runs = True
        alive = self._until_parked()
        self._runs = False
        return alive

    def settle(self) -> None:
        """Finish a run that Ctrl-C in this process broke off."""
        if self._runs:
            self.run()

    def _until_parked(self) -> bool:
        give_up = monotonic() + _STUCK_S
        self.in_repl = self._asleep = False
        while True:
            ready, _, _ = select.select([self._link.fileno(), self._stdout], [], [], _LOOK_S)
            if self._link.fileno() in ready:
                parked = self._serve_link()
                if parked is not None:
                    self._drain()
                    return parked
            elif self._stdout in ready:
                if not self._drain():
                    return False
            elif self._reads_empty_stdin():
                if select.select([self._link.fileno()], [], [], 0)[0]:
                    continue  # sent on its way there, after the look above
                self._drain()
                self.in_repl, self.until_us, self.wants_input = True, None, True
                return True
            elif monotonic() > give_up:
                raise RigError("the simulated Pico computes without end", f"{_STUCK_S:g} s without waiting once", "look at its main.py")

    def _serve_link(self) -> bool | None:
        """Carry out what has come over the link: True once the child has parked, False at its end, None to go on."""
        data = self._link.recv(65536)
        if not data:
            return False
        self._lines += data
        while b"\n" in self._lines:
            line, _, rest = self._lines.partition(b"\n")
            self._lines = bytearray(rest)
            request = json.loads(line)
            if request[0] == "park":
                _, self.until_us, self.wants_input = request
                return True
            answer = self._request(request)
            if request[0] in self._answering:
                self._send(answer)
        return None

    def _send(self, answer: Any) -> None:
        try:
            self._link.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            return  # it has ended; `run` will notice

    def _drain(self) -> bool:
        """Take what it has printed; False at the end of the file."""
        try:
            while data := os.read(self._stdout, 65536):
                self.output += data
        except BlockingIOError:
            return True
        return False

    def _reads_empty_stdin(self) -> bool:
        """Whether it is blocked in read(2) of descriptor 0 and nothing is there: /proc/PID/syscall, proc(5).

        Where the kernel keeps that to root (Yama's ptrace_scope 2), asleep on two looks in a row has to do.
        """
        if self._unread():
            return False
        process = Path(f"/proc/{self.pid}")
        try:
            call = (process / "syscall").read_text().split()
        except PermissionError:
            slept, self._asleep = self._asleep, (process / "stat").read_text().rpartition(")")[2].split()[0] == "S"
            return slept and self._asleep
        except OSError:
            return False
        return len(call) > 1 and call[1] == "0x0"

    def _unread(self) -> int:
        return int(struct.unpack("I", fcntl.ioctl(self._stdin, termios.FIONREAD, b"\0\0\0\0"))[0])

    # -- ends of waits

    def wake(self, now_us: int, why: str) -> None:
        """End its wait in the firmware: "time", "input" or "interrupt"."""
        self._send([now_us, why])

    def write(self, data: bytes) -> None:
        """Put bytes on its standard input."""
        try:
            os.write(self._stdin, data)
        except BrokenPipeError:
            return

    def take_output(self) -> bytes:
        """What it has printed since the last call."""
        printed = bytes(self.output)
        self.output.clear()
        return printed

    def close(self) -> None:
        """End it, now."""
        self._process.kill()
        self._process.wait()
        self._link.close()
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()
