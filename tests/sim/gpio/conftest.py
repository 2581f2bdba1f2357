"""A Pi with a wired header, in simulated time."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))


@pytest.fixture
def bench():
    """This test is a program on pi-a."""
    from header_bench import Bench

    with Bench() as opened:
        yield opened
