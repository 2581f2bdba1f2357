"""What travels between the controlling process and a host's: calls, answers, and signs of life, as pickled plain data.

Both ends run this package; what is read may name its classes and functions, numpy's, and harmless built-ins, and nothing else.
"""

from __future__ import annotations

import builtins
import io
import pickle
import sys
import traceback
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hil.errors import HilError, RigError, UserError

HARMLESS = frozenset(
    kind.__name__ for kind in (bool, bytes, bytearray, complex, dict, float, frozenset, int, list, range, set, slice, str, tuple)
)
"""Built-ins that an answer may name, beside exceptions."""

PACKAGES = ("hil", "numpy", "pathlib", "collections", "datetime", "enum", "functools", "copyreg", "_codecs")
"""Whose names an answer may use."""

ROOMS = ("catalog", "measure", "drivers", "shipped", "clock", "completed", "errors")
"""Of this package, what every host has; see hil/bench/shipment.py."""

NUMPY_CORE = "_core" if int(np.__version__.partition(".")[0]) >= 2 else "core"

Message = tuple[str, int, bytes]
"""Kind, number of the call, pickled content: what a channel carries."""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a host process is asked to do."""

    target: str
    """Of the agent's objects: "host", "cameras", "camera sink", ...; "" for what opens and closes them."""
    name: str
    """Of a method or attribute, or "module:function" of the drivers, which is given the host."""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    """None where an attribute is asked for, not a call."""


class Channel(Protocol):
    """Of an execnet channel, what is used."""

    def send(self, item: object, /) -> None:
        """Send plain data; OSError if nobody is there."""

    def setcallback(self, callback: Any, endmarker: object = ...) -> None:
        """Have whatever arrives given to `callback` by a thread that only receives, and `endmarker` at the end."""


def packed(value: object) -> bytes:
    """Pickled. UserError for what does not travel."""
    try:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as refused:
        hint = "numbers, arrays, frozen dataclasses, and functions of a module that the host has too"
        raise UserError(f"{_word(value)} does not travel to another process", str(refused), hint) from refused


def _word(value: object) -> str:
    if isinstance(value, Call):
        return f"an argument of {value.target}.{value.name}"
    return f"a {type(value).__name__}"


def unpacked(data: bytes) -> Any:
    """What the controlling process pickled."""
    return _Asked(io.BytesIO(data)).load()


def answer(data: bytes) -> Any:
    """What a host process pickled: it may be another machine, so only names of `PACKAGES` are looked up."""
    return _Reader(io.BytesIO(data)).load()


def _as_here(module: str) -> str:
    """A module by the name that it has on this machine: the other may have another Python, and another NumPy."""
    if module == "pathlib._local":  # of Python 3.13 alone
        return "pathlib"
    if module.startswith(("numpy.core.", "numpy._core.")):  # renamed by NumPy 2.0; what a pickle names is the same in both
        return f"numpy.{NUMPY_CORE}.{module.split('.', 2)[2]}"
    return module


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(_as_here(module), name)


class _Asked(_Unpickler):
    """In a twin the whole package is at hand; what a Pi would not have is refused there too."""

    def find_class(self, module: str, name: str) -> Any:
        package, _, inside = module.partition(".")
        if package == "hil" and inside.partition(".")[0] not in ROOMS:
            raise ImportError(f"{module} is not brought along to hosts")
        return super().find_class(module, name)


class _Reader(_Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins":
            known = getattr(builtins, name, None)
            if name in HARMLESS or (isinstance(known, type) and issubclass(known, Exception)):
                return known
        elif module.partition(".")[0] in PACKAGES:
            return super().find_class(module, name)
        said = f"{module}.{name} is no plain data"
        raise RigError("an answer of a host process cannot be read", said, "the same version of this package on both machines")


def packed_error(error: BaseException, host: str) -> bytes:
    """An error as it travels: ours as it is, with its class; another one as a RigError, after its traceback was printed."""
    if isinstance(error, (HilError, ValueError)) and type(error).__module__.partition(".")[0] in ("hil", "builtins"):
        try:
            data = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
            pickle.loads(data)
        except Exception:  # whatever an error's own constructor may say
            data = b""
        if data:
            return data
    trace = "".join(traceback.format_exception(error))
    sys.stderr.write(trace)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    at = f", in {last[0].filename}:{last[0].lineno}" if last else ""
    said = f"{type(error).__name__}: {error}{at}"
    asked, hint = f"{host}: what runs there met an error", "its traceback is in the log, with the host's name before each line"
    return pickle.dumps(RigError(asked, said, hint, where=host, cause="host process"))
