"""What a simulated Pi says of itself: kernel, operating system, buses. From data/hosts.toml, by board and driver generation."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hil.catalog import Board
from hil.rig.spec import TwinCamera, TwinHost


@cache
def table() -> dict[str, Any]:
    """The parsed data file."""
    return tomllib.loads(resources.files(__package__).joinpath("data/hosts.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Texts of one host; every field is as a program on it would read it."""

    release: str
    """Of its kernel: "6.12.75+rpt-rpi-2712"."""
    version: str
    """`uname -v`."""
    machine: str
    os: str
    """"bookworm" or "trixie"."""
    model: str
    """Board with revision, as /proc/device-tree/model has it (without its NUL)."""
    millidegrees: int
    """Temperature of its chip in 0.001 degrees Celsius."""
    cma_kb: int
    """Contiguous memory set aside for devices, in KiB."""
    memory_kb: int
    """All memory, in KiB."""
    silent_sensor_errno: int
    """What I2C transfers to a sensor that does not answer end with, negative."""


def host_facts(host: TwinHost, board: Board, cameras: Sequence[TwinCamera], sensors: Sequence[str]) -> HostFacts:
    """The facts of `host`: its kernel is the one asked for, else the oldest that its cameras' driver generations need."""
    soc = table()["soc"][board.soc]
    generations = [f"{sensor}.{camera.driver}" for sensor, camera in zip(sensors, cameras, strict=True)]
    short = _kernel(generations)
    package = table()["kernel"][short]
    return HostFacts(
        release=host.kernel or f"{short}+rpt-rpi-{soc['flavour']}",
        version=f"#1 SMP{' PREEMPT' if soc['machine'] == 'aarch64' else ''} Debian {package['debian']} ({package['date']})",
        machine=soc["machine"],
        os=host.os or package["os"],
        model=f"{board.model_text} Rev 1.0",
        millidegrees=round(host.temperature_c * 1000) or soc["millidegrees"],
        cma_kb=(host.cma_mb or soc["cma_mb"]) * 1024,
        memory_kb=soc["memory_kb"],
        silent_sensor_errno=soc["silent"],
    )


def _kernel(generations: Sequence[str]) -> str:
    known: list[str] = list(table()["kernel"])
    needed = [table()["generation"][generation] for generation in generations if generation in table()["generation"]]
    return min(needed, key=known.index) if needed else known[-1]


def os_release(name: str) -> str:
    """The text of /etc/os-release."""
    number = table()["os"][name]["number"]
    return (
        f'PRETTY_NAME="Debian GNU/Linux {number} ({name})"\nNAME="Debian GNU/Linux"\nVERSION_ID="{number}"\n'
        f'VERSION="{number} ({name})"\nVERSION_CODENAME={name}\nID=debian\nHOME_URL="https://www.debian.org/"\n'
        'SUPPORT_URL="https://www.debian.org/support"\nBUG_REPORT_URL="https://bugs.debian.org/"\n'
    )


def proc_version(facts: HostFacts) -> str:
    """The text of /proc/version."""
    compiler = table()["os"][facts.os]["compiler"]
    return f"Linux version {facts.release} (kernel@raspberrypi.com) ({compiler}) {facts.version}\n"
