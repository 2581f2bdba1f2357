"""A rig's pytest process that comes up before it is known what it is to run.

`hil accept` starts it first of all: while the rigs are read and the order is looked through, it imports what every run needs, on another
core. Then it waits for one line on its standard input: what to run, or the end of the file, which means that there is nothing to do.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys

LOADED = (
    "allure_pytest.plugin",
    "hil.plugin.run",
    "hil.plugin.collect",
    "hil.plugin.session",
    "hil.checks",
    "hil.bench",
    "hil.bench.twins",
)
"""Nothing that a run would not load before its world begins: what is imported later may have to see virtual time from its first line."""


def load() -> None:
    """Import what every run needs. What cannot be imported is pytest's to report, when it comes to it."""
    with contextlib.suppress(Exception):
        for name in LOADED:
            importlib.import_module(name)


def main() -> int:
    """Wait for the order, then be that pytest process: `{"argv": [...], "env": {...}, "log": file}`."""
    load()
    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    order = json.loads(line)
    os.environ.update(order["env"])
    sys.argv = ["pytest", *order["argv"]]
    log, nothing = os.open(order["log"], os.O_WRONLY | os.O_APPEND), os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    import pytest

    return pytest.console_main()


if __name__ == "__main__":
    sys.exit(main())
