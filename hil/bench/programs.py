"""What a host process runs, on a Pi or in the twin.

The text of these functions is sent: each imports all it needs itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from hil.bench import landing


def text(function: Callable[..., None], **arguments: Any) -> str:
    """A program that calls `function(channel, **arguments)`."""
    return f"from __future__ import annotations\n{inspect.getsource(function)}\n{_call(function, arguments)}"


def landing_text(function: Callable[..., None], **arguments: Any) -> str:
    """The same, once this package has landed there."""
    return f"{inspect.getsource(landing)}\n{inspect.getsource(function)}\nif land(channel):\n    {_call(function, arguments)}"


def _call(function: Callable[..., None], arguments: dict[str, Any]) -> str:
    return f"{function.__name__}(channel, **{arguments!r})\n"


def real_host(channel: Any, name: str, alive_every_s: float, silence_s: float) -> None:
    """The whole program of a host process on a Pi."""
    from hil.drivers.agent import serve
    from hil.drivers.host import LocalHost
    from hil.drivers.output import say_who

    say_who(name)
    serve(channel, LocalHost(name), alive_every_s=alive_every_s, silence_s=silence_s)


def twin_host(channel: Any, name: str, path: list[str], simulator: str = "") -> None:
    """The whole program of a host process in the twin.

    `path`: of Python, in the controlling process. `simulator`: the folder of the rooms that never travel, where the others did.
    """
    import sys
    from importlib import machinery

    if not simulator:
        sys.path[:] = path
    else:
        sys.path += path

        class Staying:
            @staticmethod
            def find_spec(module: str, _within: Any = None, _target: Any = None) -> Any:
                return machinery.PathFinder.find_spec(module, [simulator]) if module in ("hil.sim", "hil.rig") else None

        sys.meta_path.append(Staying)

    import pathlib
    import pickle

    from hil.drivers.agent import serve
    from hil.drivers.output import say_who
    from hil.sim.twin import open_spoke

    say_who(name)
    spec, seed, folder = channel.receive()
    twin = open_spoke(pickle.loads(spec), seed, name, pathlib.Path(folder))
    twin.install()
    assert twin.spoke is not None
    serve(channel, twin.hosts[name], tally=twin.spoke)
    twin.spoke.leave()
