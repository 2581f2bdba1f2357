"""A rig on its twin, opened in this process and taken out again."""

import contextlib

import pytest

from hil.bench import open_rig, open_twin
from hil.rig import load


@pytest.fixture
def opened():
    """`opened("gs")` or `opened("gs", "cameras.gs.present=false")`: an open bench on the twin of a rig; `opened.twin` is the last one."""
    with contextlib.ExitStack() as stack:

        def open_one(name, *changes, seed=0, progress=None):
            rig = load(name)
            twin = open_twin(rig, seed, changes)
            stack.callback(twin.close)
            open_one.twin = twin
            return stack.enter_context(open_rig(rig, twin=twin, progress=progress))

        yield open_one


@pytest.fixture
def gs(opened):
    """The Global Shutter Camera of rig "gs"."""
    return opened("gs").cameras["gs"]
