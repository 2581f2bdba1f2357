"""The manners of pybind11 classes: their names in error texts, overloads, properties that convert, no constructor.

Python puts a type's C name into its messages ("unhashable type: 'libcamera._libcamera.Size'") but shows the short one
as `__name__`; the metaclass keeps both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from types import FunctionType
from typing import Any, NoReturn, TypeVar, cast

from hil.sim.libcamera import _signatures
from hil.sim.libcamera._casters import Caster, Mismatch

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class pybind11_type(type):  # noqa: N801 - the name pybind11 shows
    """Metaclass of everything in the binding."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> pybind11_type:
        """Make a class whose C name carries the module; its annotated private names become slots."""
        if not namespace.get("__module__", __name__).startswith(__package__):
            return super().__new__(mcs, name, bases, namespace)  # a program's own subclass is its own
        namespace["__module__"] = _signatures.MODULE
        namespace["__slots__"] = _slots(namespace) if bases else ("__weakref__",)
        _document(namespace)
        return super().__new__(mcs, f"{_signatures.MODULE}.{name}", bases, namespace)

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        """The short name."""
        return cls.__qualname__.rpartition(".")[2]


def _slots(namespace: dict[str, Any]) -> tuple[str, ...]:
    annotated = namespace.get("__annotations__", {})
    return tuple(name for name in annotated if name.startswith("_") and name not in namespace)


def _document(namespace: dict[str, Any]) -> None:
    """Give methods the docstrings that pybind11 generates."""
    for name, member in namespace.items():
        function = getattr(member, "__func__", member)
        path = f"{namespace['__qualname__']}.{name}"
        if isinstance(function, FunctionType) and _signatures.overloads(path):
            function.__doc__ = _signatures.docstring(path)


class pybind11_object(metaclass=pybind11_type):  # noqa: N801 - the name pybind11 shows
    """Base of every class: no attributes but those declared, weakly referable, not to be made by callers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError(f"{_signatures.MODULE}.{type(self).__name__}: No constructor defined!")

    __init__.__doc__ = object.__init__.__doc__


class StaticProperty:
    """A read-only property of the class itself."""

    def __init__(self, value: Any) -> None:
        """`value`: what it gives."""
        self._value = value

    def __get__(self, instance: object, owner: type) -> Any:
        return self._value


def make(kind: type[T], **slots: Any) -> T:
    """An instance of a class callers cannot construct, with its private slots set."""
    made = object.__new__(kind)
    for name, value in slots.items():
        setattr(made, name, value)
    return made


class _Field(property):
    """A property over the slot of its own name with an underscore before it; without a caster it is read only."""

    def __init__(self, caster: Caster | None) -> None:
        self._caster = caster

    def __set_name__(self, owner: type, name: str) -> None:
        slot, caster = f"_{name}", self._caster

        def write(instance: Any, value: Any) -> None:
            assert caster
            try:
                converted = caster(value)
            except Mismatch:
                raise _signatures.mismatch("", [_signatures.setter(f"{owner.__qualname__}.{name}")], (instance, value)) from None
            setattr(instance, slot, converted)

        super().__init__(attrgetter(slot), write if caster else None)


def field(caster: Caster) -> Any:
    """A writable property: reads give the object in the slot, writes convert like the C++ setter."""
    return _Field(caster)


def readonly() -> Any:
    """A read-only property over a slot."""
    return _Field(None)


def accepts(*casters: Caster, names: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Convert a method's arguments, or raise the TypeError the binding raises; `names`: those that may be given by name."""

    def wrap(method: F) -> F:
        path = method.__qualname__

        @wraps(method)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                converted = convert(args, kwargs, casters, names)
            except Mismatch:
                refuse(path, self, args, kwargs)
            return method(self, *converted)

        return cast(F, call)

    return wrap


def refuse(path: str, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> NoReturn:
    """Raise the TypeError of a call of method `path` that fits no signature."""
    name = path.rpartition(".")[2]
    raise _signatures.mismatch(name, _signatures.overloads(path), (self, *args), kwargs) from None


def convert(args: tuple[Any, ...], kwargs: dict[str, Any], casters: tuple[Caster, ...], names: tuple[str, ...] = ()) -> list[Any]:
    """The converted arguments; those with names may be missing at the end (the method's default holds)."""
    values = list(args)
    for name in names[len(values) :]:
        if name not in kwargs:
            break
        values.append(kwargs[name])
    if len(values) != len(args) + len(kwargs) or not len(casters) - len(names) <= len(values) <= len(casters):
        raise Mismatch
    return [caster(value) for caster, value in zip(casters, values, strict=False)]


def overload(self: Any, args: tuple[Any, ...], *alternatives: tuple[Caster, ...]) -> list[Any]:
    """The converted arguments of the first constructor of `self` that fits, or the binding's TypeError."""
    for casters in alternatives:
        try:
            return convert(args, {}, casters)
        except Mismatch:
            continue
    raise constructor_refuses(self, args, {})


def constructor_refuses(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> NoReturn:
    """Raise the TypeError of a constructor that takes no such arguments."""
    path = type(self).__qualname__
    raise _signatures.constructor_mismatch(path, _signatures.overloads(f"{path}.__init__"), args, kwargs) from None
