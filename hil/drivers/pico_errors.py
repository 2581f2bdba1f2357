"""What can be wrong with a Pico of the bench. Each is the rig's fault, never the unit's."""

from __future__ import annotations

from hil.errors import RigError


class PicoAbsent(RigError):
    """No Pico where the rig has one."""

    cause = "pico absent"


class PicoBusy(RigError):
    """Another program holds its port."""

    cause = "pico in use"


class PicoForbidden(RigError, PermissionError):
    """This user may not open its port."""

    cause = "pico not permitted"


class PicoLost(RigError, ConnectionError):
    """It was there, and is gone: unplugged, or its supply failed."""

    cause = "pico lost"


class PicoSilent(RigError, TimeoutError):
    """It is plugged in, and does not answer."""

    cause = "pico silent"


class PicoGarbled(RigError):
    """What it answers is not what was asked: other firmware, or a bad cable."""

    cause = "pico garbled"


class PicoRefused(RigError):
    """It refuses a command; it says why."""

    cause = "pico refused"


class PicoOutdated(RigError):
    """Its firmware is another one than this package's."""

    cause = "pico firmware"
