"""Simulated Pis in temporary directories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hil.rig.spec import TwinCamera, TwinHost
from hil.sim.host import SimHost


class StillClock:
    """A clock that never moves: nothing here waits."""

    def now_ns(self) -> int:
        return 0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a host sleeps")


def _camera(module: str, port: str = "CAM1", driver: str = "", link_mhz: int = 450, **more: Any) -> TwinCamera:
    return TwinCamera(more.pop("name", "cam"), "pi", port, module, driver, link_mhz * 1_000_000, **more)


@pytest.fixture
def camera() -> Callable[..., TwinCamera]:
    """A camera by product name, on CAM1, at 450 MHz unless said otherwise."""
    return _camera


@pytest.fixture
def pi(tmp_path: Path) -> Callable[..., SimHost]:
    """A simulated Pi 5 (or another board) with these cameras."""

    def build(*cameras: TwinCamera, board: str = "Raspberry Pi 5", **facts: Any) -> SimHost:
        root = tmp_path / "root"
        root.mkdir()
        return SimHost(TwinHost("pi", board, **facts), cameras, root, StillClock())

    return build
