"""The binding's own words: call signatures, and the TypeError text pybind11 2.13 makes of them.

The signatures lie in data/signatures.json, read from the compiled binding; nothing here knows a class.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

MODULE = "libcamera._libcamera"


def data(name: str) -> dict[str, Any]:
    """The parsed data file `name` of this room, without its "about" line."""
    text = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    del content["about"]
    return content


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return data("signatures.json")


def _spell(signature: str) -> str:
    return signature.replace("@", f"{MODULE}.")


def overloads(path: str) -> list[str]:
    """The signatures of method or function `path` ("Size.bounded_to"), one per overload; [] for one nobody recorded."""
    return [_spell(signature) for signature in _tables()["methods"].get(path, [])]


def setter(path: str) -> str:
    """The signature of the setter of property `path` ("Size.width")."""
    return _spell(_tables()["properties"][path][1])


def docstring(path: str) -> str:
    """The docstring pybind11 generates for method `path`."""
    name, texts = path.rpartition(".")[2], overloads(path)
    if len(texts) == 1:
        return f"{name}{texts[0]}\n"
    numbered = "\n\n".join(f"{number}. {name}{text}" for number, text in enumerate(texts, 1))
    return f"{name}(*args, **kwargs)\nOverloaded function.\n\n{numbered}\n"


def mismatch(name: str, signatures: Iterable[str], args: tuple[object, ...], kwargs: Mapping[str, object] | None = None) -> TypeError:
    """The TypeError of a call that fits none of `signatures`; `name` is what stands before the brackets ("" for setters)."""
    lines = [f"{name}(): incompatible function arguments. The following argument types are supported:"]
    lines += [f"    {number}. {signature}" for number, signature in enumerate(signatures, 1)]
    return TypeError("\n".join(lines) + "\n\nInvoked with: " + _invoked(args, kwargs or {}))


def constructor_mismatch(path: str, signatures: Iterable[str], args: tuple[object, ...], kwargs: Mapping[str, object]) -> TypeError:
    """The same for the constructor of class `path` ("FrameBuffer.Plane"): no self, no result, the class's full name."""
    plain = [signature.removesuffix(" -> None") for signature in signatures]
    heads = [f"(self: {MODULE}.{path}, ", f"(self: {MODULE}.{path})"]
    shown = [f"{MODULE}.{path}(" + _without(signature, heads) for signature in plain]
    error = mismatch("__init__", shown, args, kwargs)
    return TypeError(str(error).replace("function arguments", "constructor arguments", 1))


def _without(signature: str, heads: list[str]) -> str:
    if signature == heads[1]:
        return ")"
    return signature.removeprefix(heads[0])


def _invoked(args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    text = ", ".join(repr(value) for value in args)
    if kwargs:
        named = ", ".join(f"{name}={value!r}" for name, value in kwargs.items())
        text += f"{'; ' if args else ''}kwargs: {named}"
    return text
