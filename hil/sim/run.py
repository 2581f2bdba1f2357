"""`hil sim run`: anybody's picamera2 program, unmodified, on a simulated rig, as `python SCRIPT` would run it.

Exit status, tracebacks, exit handlers and threads are Python's own; frames of the simulator are left out of tracebacks,
so that they look as on a Pi. Nothing of picamera2 is imported before the program does.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType

OURS = str(Path(__file__).resolve().parent) + os.sep
DEFAULT_RIG = "camera-module-3"


def main(
    rig: str | None,
    seed: int,
    overrides: Sequence[str],
    script: str,
    argv: Sequence[str],
    open_world: Callable[[], object] | None = None,
) -> int:
    """Run `script` with arguments `argv` on the twin of `rig`; returns the exit status.

    The world stays open when this returns: the program's threads and exit handlers still need it, so the caller should
    only leave. `open_world` opens another world than the rig's twin. UserError for a bad rig or override.
    """
    try:
        source = Path(script).read_bytes()
    except OSError as error:
        sys.stderr.write(f"hil sim run: can't open file '{script}': {error.strerror}\n")
        return 2
    (open_world or _twin_opener(rig or DEFAULT_RIG, seed, overrides))()
    return run_script(script, source, argv)


def _twin_opener(rig: str, seed: int, overrides: Sequence[str]) -> Callable[[], object]:
    from hil.rig import load, twin_spec
    from hil.sim.edge.processes import announce
    from hil.sim.twin import open_twin

    spec = twin_spec(load(rig), overrides)
    twin = open_twin(spec, seed)
    announce(spec, seed)
    return twin.install


def run_script(script: str, source: bytes, argv: Sequence[str]) -> int:
    """Execute a program as module `__main__`; returns the exit status Python would give it."""
    atexit.register(_die_as_interrupted)  # before the program's own handlers, so that it is called after them
    _trim_threads()
    module = _become_main(script, argv)
    try:
        exec(compile(source, module.__file__ or script, "exec", dont_inherit=True), vars(module))
    except SystemExit as leaving:
        return exit_status(leaving.code)
    except BaseException as error:  # whatever it is, Python would print it and exit
        return _report(error)
    return 0


def _become_main(script: str, argv: Sequence[str]) -> ModuleType:
    """A fresh `__main__`, with sys.argv and sys.path as Python sets them up for a script."""
    path = Path(script).absolute()
    module = ModuleType("__main__")
    loader = SourceFileLoader("__main__", str(path))
    vars(module).update(__file__=str(path), __loader__=loader, __builtins__=builtins, __cached__=None, __annotations__={})
    _former.append(sys.modules["__main__"])
    sys.modules["__main__"] = module
    sys.argv = [script, *argv]
    folder = str(path.resolve().parent)
    if sys.flags.safe_path or not sys.path:
        sys.path.insert(0, folder)
    else:
        sys.path[0] = folder
    return module


_former: list[ModuleType] = []  # modules that were `__main__` must not be collected while their functions still run
_interrupted = False


def exit_status(code: object) -> int:
    """What `sys.exit(code)` means: nothing is 0, a number is itself, anything else is printed and is 1."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    _flush()
    sys.stderr.write(f"{code}\n")
    return 1


def _report(error: BaseException) -> int:
    """Print an uncaught exception as Python does; 1, or death by SIGINT at the very end for Ctrl-C."""
    global _interrupted  # noqa: PLW0603 - the exit handler has nobody else to ask
    _flush()
    trim(error)
    sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, KeyboardInterrupt):
        _interrupted = True
        return 130
    return 1


def _die_as_interrupted() -> None:
    if _interrupted:
        _flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


# -- tracebacks without our own frames


def trim(error: BaseException) -> None:
    """Leave the simulator's frames out of the traceback of `error` and of what caused it."""
    for one in _related(error, set()):
        one.__traceback__ = _without_ours(one.__traceback__)


def _related(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from _related(other, seen)


def _without_ours(traceback: TracebackType | None) -> TracebackType | None:
    kept = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(OURS):
            kept.append(traceback)
        traceback = traceback.tb_next
    rebuilt: TracebackType | None = None
    for one in reversed(kept):
        rebuilt = TracebackType(rebuilt, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return rebuilt


def _trim_threads() -> None:
    """The same for uncaught exceptions of threads."""
    original = threading.excepthook

    def excepthook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            trim(args.exc_value)
            args = threading.ExceptHookArgs((args.exc_type, args.exc_value, args.exc_value.__traceback__, args.thread))
        original(args)

    threading.excepthook = excepthook
