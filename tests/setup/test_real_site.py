"""A real bench, as far as this machine is one: no twin, a person who types."""

from __future__ import annotations

import pytest

from hil.errors import RigError
from hil.rig import load
from hil.setup import site as sites
from hil.setup.checking import check
from hil.setup.site import RealSite
from hil.setup.steps import Reached


def test_a_machine_that_is_another_board_is_named():
    rig = load("camera-module-3")
    with pytest.raises(RigError, match="pi5: a Raspberry Pi 5 asked for"):
        list(check([Reached("pi5")], rig, RealSite(rig, person=None), person=None))


def test_hosts_over_ssh_are_reached_once_and_ended_with_the_site(monkeypatch):
    told = []

    class Processes:
        def __init__(self):
            self.hosts = {"pi-a": "one", "pi-b": "other"}

        def end(self):
            told.append("ended")

    monkeypatch.setattr(sites.HostProcesses, "over_ssh", lambda rig: told.append("reached") or Processes())
    site = RealSite(load("hq-pair"), person=None)
    assert site.hosts() == site.hosts() == {"pi-a": "one", "pi-b": "other"}
    site.close()
    site.close()
    assert told == ["reached", "ended"]
