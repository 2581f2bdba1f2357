"""Line life: what happens before and after a unit at a test station.

`before` asks whether this serial number may run here, `after` tells how it went; golden units keep the line open; a plan says how often a
unit may be tried; a gauge study says how well the station repeats itself.
"""

from hil.line.golden import Golden, Watch
from hil.line.mes import Answer, ask
from hil.line.outbox import Outbox

__all__ = ["Answer", "Golden", "Outbox", "Watch", "ask"]
