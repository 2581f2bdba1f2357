"""`datetime.now()` and its kin on the simulated host's clock: picamera2's EXIF dates, and the file names of most programs.

The types are written in C and cannot be changed in place, so module `datetime` shows subclasses instead. Their instances
are plain ones; `isinstance` takes plain ones for theirs; pickles name what the module shows.
"""

from __future__ import annotations

import copyreg
import datetime as dt
import time
from datetime import date as plain_date
from datetime import datetime as plain_datetime
from datetime import tzinfo
from functools import partial
from typing import Any

from hil.sim.edge.hosttime import HostTime
from hil.sim.edge.patches import Patches, Seam

_WHY = "dates of files, of EXIF and in names of files"
SEAMS = (Seam("datetime:datetime", "now and today are the simulated host's", _WHY), Seam("datetime:date", "likewise", _WHY))


class _ShownFor(type):
    """Of a class that is shown in place of its plain base: whatever is an instance of that is one of it."""

    shown: Any

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1]) if cls.shown is cls else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__mro__[1]) if cls.shown is cls else super().__subclasscheck__(subclass)


def _shown_for(plain: Any, methods: dict[str, Any]) -> Any:
    """A subclass of `plain` under its name, whose instances are plain ones unless it is subclassed further."""

    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return plain.__new__(plain if cls.shown is cls else cls, *args, **kwargs)

    names = {"__module__": "datetime", "__qualname__": plain.__name__, "__doc__": plain.__doc__, "__new__": make}
    shown: Any = _ShownFor(plain.__name__, (plain,), names | {name: classmethod(method) for name, method in methods.items()})
    shown.shown = shown
    return shown


def install(host: HostTime, patches: Patches) -> None:
    """Have module `datetime` show classes that know the simulated host's date."""

    def now(cls: Any, tz: tzinfo | None = None) -> Any:
        return cls.fromtimestamp(host.epoch_s(), tz) if host.simulated() else plain_datetime.now(tz)

    def utcnow(cls: Any) -> Any:
        return cls.fromtimestamp(host.epoch_s() if host.simulated() else time.time(), dt.UTC).replace(tzinfo=None)

    def today(cls: Any) -> Any:
        return cls.fromtimestamp(host.epoch_s() if host.simulated() else time.time())

    date = _shown_for(plain_date, {"today": today})
    moment = _shown_for(plain_datetime, {"now": now, "utcnow": utcnow, "today": today})
    for plain, shown in ((plain_date, date), (plain_datetime, moment)):
        patches.attribute(dt, plain.__name__, shown)
        copyreg.pickle(plain, partial(_reduced, shown))
        patches.call(partial(_forget, plain))


def _reduced(shown: Any, value: Any) -> tuple[Any, Any]:
    """How to pickle a plain instance: by the class that its module shows."""
    return shown, value.__reduce_ex__(2)[1]


def _forget(plain: type) -> None:
    copyreg.dispatch_table.pop(plain)
