"""What every simulated tool may have to say."""

from __future__ import annotations

from hil.completed import Completed


def not_modelled(tool: str, what: str) -> Completed:
    """The answer to what the real tool can do and the twin cannot: it says so, and fails."""
    return Completed(stderr=f"{tool}: {what} is not modelled by the simulated host\n", returncode=1)
