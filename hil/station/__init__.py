"""The test station: who it is, what it measures with, and the seal it puts on records.

`find` gives this machine's station, `seal` puts a record into its chain; `hil.station.verify` says what of a record holds. Nothing heavy
is imported before it is used: bare test runs have no station.
"""

from hil.station.canonical import canonical
from hil.station.chain import Chain, Link
from hil.station.seal import intact, seal, seal_without
from hil.station.station import Station, find

__all__ = ["Chain", "Link", "Station", "canonical", "find", "intact", "seal", "seal_without"]
