"""`hil check`: whether what a rig file has soldered is sound, and the level of every net."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from hil.rig import electrical, load
from hil.rig.document import relative
from hil.rig.electrical import Finding, Level
from hil.rig.words import listed

_STYLE = {"refuse": "bold red", "warn": "yellow", "note": "dim"}
REFUSED = 2


def run(rig_name: str) -> int:
    """Print findings and levels; the exit status: 2 for a rig that is refused, else 0."""
    rig = load(rig_name)
    console = Console(highlight=False)
    console.print(f"{rig.name}   {escape(relative(rig.path))}")
    if not rig.wiring:
        console.print("it has no \\[wiring]; nothing to check")
        return 0
    found = electrical.findings(rig)
    for finding in found:
        _print(console, finding)
    refused = any(finding.severity == "refuse" for finding in found)
    if not any(finding.severity == "refuse" and not finding.numbers for finding in found):
        _print_levels(console, electrical.level_table(rig))
    console.print()
    console.print(_verdict(found), style="bold red" if refused else "")
    return REFUSED if refused else 0


def _print(console: Console, finding: Finding) -> None:
    console.print()
    style = _STYLE[finding.severity]
    console.print(f"[{style}]{finding.severity:6}[/] line {finding.line}  {escape(finding.where)}")
    console.print(_indented(escape(finding.what)))
    if finding.numbers:
        console.print(_indented(escape(finding.numbers)))
    if finding.todo:
        console.print(_indented("do  " + escape(finding.todo)))


def _indented(text: str) -> Padding:
    """The text under its heading, wrapped where it is too long."""
    return Padding(text, (0, 0, 0, 7))


def _print_levels(console: Console, levels: tuple[Level, ...]) -> None:
    if not levels:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("net")
    table.add_column("state")
    table.add_column("typical", justify="right")
    table.add_column("worst case", justify="right")
    table.add_column("off pad takes", justify="right")
    last = ""
    for level in levels:
        into = f"{level.injected_a * 1e3:.2f} mA" if level.injected_a > 0 else ""
        worst = f"{level.volts.low:.3f} .. {level.volts.high:.3f} V"
        name = "" if level.net == last else level.net
        table.add_row(escape(name), escape(str(level.state)), f"{level.volts.typical:.3f} V", worst, into)
        last = level.net
    console.print()
    console.print(table)


def _verdict(found: tuple[Finding, ...]) -> str:
    """`refused: 1 fault, 2 warnings` or `sound: 1 note`."""
    words = {"refuse": "fault", "warn": "warning", "note": "note"}
    counts = {severity: sum(finding.severity == severity for finding in found) for severity in words}
    said = [f"{count} {words[severity]}{'s' if count > 1 else ''}" for severity, count in counts.items() if count]
    if counts["refuse"]:
        return f"refused, and will not be driven: {listed(said)}"
    return f"sound: {listed(said)}" if said else "sound"
