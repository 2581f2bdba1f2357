"""What doctor found, as a tree: coloured and wrapped on a terminal, plain and unwrapped elsewhere."""

from __future__ import annotations

import shutil
import sys

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hil.doctor import Examination, Line

_STYLE = {"ok": "green", "note": "yellow", "FIX": "bold red"}
_LEVEL = 5
"""Columns that the word for the level takes."""
_UNWRAPPED = 100_000


def show(found: Examination) -> None:
    """Print it."""
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else _UNWRAPPED
    console = Console(highlight=False, width=wide)
    with console.capture() as captured:
        console.print(tree(found))
        console.print(Text(found.verdict, style="bold red" if found.status else ""))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def tree(found: Examination) -> Tree:
    """Host by host, then what concerns the whole rig."""
    root = Tree(Text(found.name, style="bold"), guide_style="dim")
    for host in found.hosts:
        branch = root.add(Text.assemble((host.name, "bold"), "   ", host.headline))
        for line in host.lines:
            branch.add(_line(line))
    if found.wiring:
        branch = root.add(Text("wiring", style="bold"))
        for line in found.wiring:
            branch.add(_line(line))
    for title, items in (("can measure", found.can), ("cannot measure", found.cannot)):
        if items:
            branch = root.add(Text(title, style="bold"))
            for item in items:
                branch.add(Text(item))
    return root


def _line(line: Line) -> Group:
    """The level, and beside it what is said; what to do is indented under it."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=_LEVEL, no_wrap=True)
    row.add_column()
    row.add_row(Text(line.level, style=_STYLE[line.level]), Text(line.text))
    return Group(row, *(Padding(Text(fix, style="cyan"), (0, 0, 0, _LEVEL + 4)) for fix in line.fix))
