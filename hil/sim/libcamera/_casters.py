"""What pybind11 2.13 accepts from Python for a C++ argument, and what becomes of it.

A caster takes a Python value and returns the C++ one as Python would see it again; it raises `Mismatch` where
pybind11 would try the next overload. Rules from pybind11/cast.h of 2.13: int takes what has __index__ or __int__,
never a float, and must fit; float takes any number and keeps 32 bits where C++ does; bool takes what has a truth
method (which a string has not).
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Caster = Callable[[Any], Any]

_FLOAT32 = struct.Struct("f")


class Mismatch(Exception):
    """A value that does not convert; never leaves this room."""


def _integer(value: Any) -> int:
    if isinstance(value, float):
        raise Mismatch
    try:
        return operator.index(value)
    except TypeError:
        pass
    if not hasattr(type(value), "__int__"):
        raise Mismatch
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Mismatch from error


def _bounded(low: int, high: int) -> Callable[[Any], int]:
    def cast(value: Any) -> int:
        number = value if type(value) is int else _integer(value)
        if low <= number <= high:
            return number
        raise Mismatch

    return cast


uint8 = _bounded(0, 0xFF)
int32 = _bounded(-(1 << 31), (1 << 31) - 1)
uint32 = _bounded(0, (1 << 32) - 1)
int64 = _bounded(-(1 << 63), (1 << 63) - 1)
uint64 = _bounded(0, (1 << 64) - 1)


def float32(value: Any) -> float:
    """A C++ float: any number, rounded to 32 bits; too large ones become infinite."""
    try:
        return float(_FLOAT32.unpack(_FLOAT32.pack(value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    except struct.error:
        return _float_of(value)


def _float_of(value: Any) -> float:
    if isinstance(value, (str, bytes)):
        raise Mismatch
    try:
        return float32(float(value))
    except (TypeError, ValueError) as error:
        raise Mismatch from error


def boolean(value: Any) -> bool:
    """A C++ bool: True, False, None, or anything with __bool__."""
    if value is None:
        return False
    if type(value) is bool or hasattr(type(value), "__bool__"):
        return bool(value)
    raise Mismatch


def string(value: Any) -> str:
    """A C++ string: str, or bytes holding UTF-8."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode()
    raise Mismatch


def anything(value: Any) -> Any:
    """An argument of type `object`: never refused."""
    return value


def instance(kind: type[T]) -> Callable[[Any], T]:
    """An instance of `kind`, handed on as it is."""

    def cast(value: Any) -> T:
        if isinstance(value, kind):
            return value
        raise Mismatch

    return cast


def optional(caster: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """`caster`, or None."""

    def cast(value: Any) -> T | None:
        return None if value is None else caster(value)

    return cast


def sequence(caster: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """A std::vector: any sequence but str and bytes, element by element."""

    def cast(value: Any) -> list[T]:
        if isinstance(value, (str, bytes)) or not hasattr(type(value), "__getitem__") or not hasattr(type(value), "__len__"):
            raise Mismatch
        return [caster(element) for element in value]

    return cast
