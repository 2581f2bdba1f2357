"""Figures as a person reads them on the catalog's pages."""

from __future__ import annotations


def seconds(us: float) -> str:
    """An exposure with three or four figures: 29.07 us, 1.239 s, 112.0 s."""
    for limit, scale, unit in ((1e3, 1.0, "us"), (1e6, 1e3, "ms")):
        if us < limit:
            return f"{figures(us / scale)} {unit}"
    return f"{figures(us / 1e6)} s"


def figures(value: float) -> str:
    """Four figures, never in powers of ten."""
    decimals = max(0, 3 - max(0, len(str(int(abs(value)))) - 1))
    return f"{value:.{decimals}f}"


def mhz(hz: float) -> str:
    """A frequency in MHz without idle zeros."""
    return f"{hz / 1e6:.6g} MHz" if hz < 1e9 else f"{hz / 1e6:.2f} MHz"


def size(width: int, height: int) -> str:
    """A size in pixels."""
    return f"{width}x{height}"
