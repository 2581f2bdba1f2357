"""Opens the operator's panel of a rig: by itself, for it has to wait before the rig is opened and to show a verdict after it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hil.drivers.host import Host, LocalHost
from hil.drivers.station import Panel, Station
from hil.rig import Rig

if TYPE_CHECKING:
    from hil.sim.twin import Twin


def open_panel(rig: Rig, twin: Twin | None = None) -> Station | None:
    """The panel of the machine the tests run on; None where the rig has none. RigError if its pins are out of reach."""
    if rig.station is None:
        return None
    host: Host = twin.hosts[rig.station.host] if twin is not None else LocalHost(rig.station.host)
    return Station(host, Panel({what: pin.partition(".")[2] for what, pin in rig.station.pins.items()}))
