"""Which software the hosts of an open rig run: known once they are reached, written down once for all that are alike."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from hil.bench import Bench
from hil.drivers import software
from hil.errors import RigError


def versions(bench: Bench) -> dict[str, str]:
    """Kernel, libcamera and picamera2 of the hosts, and what its Picos run."""
    told: dict[str, Mapping[str, str]] = {}
    for name, host in bench.hosts.items():
        with suppress(RigError):  # who does not answer here is named by what comes next
            told[name] = software.versions(host)
    return merged(told) | _of_picos(bench)


def _of_picos(bench: Bench) -> dict[str, str]:
    told: dict[str, Mapping[str, str]] = {}
    for name, pico in bench.picos.items():
        with suppress(RigError):
            info = pico.info()
            told[name] = {"pico firmware": info.firmware, "pico micropython": info.micropython}
    return merged(told)


def merged(told: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """By name, where all hosts say the same; else by name and host: "kernel (pi-a)"."""
    names = dict.fromkeys(name for found in told.values() for name in found)
    return {key: text for name in names for key, text in _one(name, told).items()}


def _one(name: str, told: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    by_host = {host: found.get(name, "not found") for host, found in told.items()}
    texts = set(by_host.values())
    return {name: texts.pop()} if len(texts) == 1 else {f"{name} ({host})": text for host, text in by_host.items()}
