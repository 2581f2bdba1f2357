"""`hil new`: a rig file of what is connected, or after a shipped rig with all that it takes to build it."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from hil.drivers.host import Host, LocalHost
from hil.errors import MissingPackage, UserError
from hil.rig import Rig, load
from hil.rig.model import Host as Fitted
from hil.setup import rigfile
from hil.setup.found import FoundHost, look
from hil.setup.netlist import netlist
from hil.setup.shopping import shopping
from hil.setup.site import RealSite, TwinSite
from hil.setup.steps import steps

DEFAULT_NAME = "mine"


def from_rig(rig_name: str, out: Path | None, *, force: bool) -> None:
    """Print what a rig takes, how it is wired and the steps; with `out`, write its file and its picture there."""
    rig = load(rig_name)
    console = Console(highlight=False, soft_wrap=True)
    picture = _written_as(rig, out, force=force) if out is not None else None
    console.print(escape(f"{rig.name}: {_what(rig)}"))
    console.print("\nTo buy")
    for item in shopping(rig):
        console.print(escape(f"  {item}"))
    if rig.wiring:
        console.print(f"\nWiring{f'   {picture}' if picture else f'   (as a picture: hil wiring {rig_name} -o {rig.path.stem}.svg)'}")
        for line in netlist(rig):
            console.print(escape(f"  {line}"))
    console.print("\nSteps")
    for number, step in enumerate(steps(rig), start=1):
        console.print(escape(f"  {number:2}  {step.title}"))
    console.print(
        escape(f"\n{f'wrote {out}; next   hil setup {out}' if out else f'hil new --from {rig_name} -o FILE.toml   writes the rig file'}")
    )


def _what(rig: Rig) -> str:
    first = rig.text.splitlines()[0]
    return first.partition(": ")[2] if first.startswith("#") else "a rig"


def _written_as(rig: Rig, out: Path, *, force: bool) -> Path | None:
    picture = out.with_suffix(".svg") if rig.wiring else None
    for file in (out, picture):
        if file is not None and not force:
            _refuse_existing(file)
    _write(out, rigfile.after(rig, _name_of(out), picture.name if picture else ""))
    if picture is not None:
        try:
            from hil.rig.picture import wiring
        except ImportError as missing:
            raise MissingPackage("the wiring is drawn with schemdraw", str(missing), "pip install schemdraw") from missing
        picture.write_bytes(wiring.picture(load(out)))
    return picture


# -- what is connected ------------------------------------------------------------------------------------------------


def from_bench(out: Path | None, addresses: Sequence[str], *, force: bool) -> None:
    """Write the rig file of this machine and of the Pis at `addresses`."""
    far = {f"pi-{index}": Fitted(board="?", connect=f"ssh:{address}") for index, address in enumerate(addresses)}
    with _reached(far) as hosts:
        found = [look(LocalHost("local"), "local"), *(look(host, far[name].connect) for name, host in hosts.items())]
    _output([host for host in found if host is not None], out, force=force)


@contextlib.contextmanager
def _reached(far: Mapping[str, Fitted]) -> Iterator[dict[str, Host]]:
    if not far:
        yield {}
        return
    from hil.cli.person import Terminal

    site = RealSite(Rig.model_construct(name="new", hosts=dict(far)), Terminal(Console()))
    try:
        yield site.hosts()
    finally:
        site.close()


def from_twin(rig_name: str, out: Path | None, *, seed: int, changes: Sequence[str], force: bool) -> None:
    """The same on the twin of a rig, for trying."""
    from hil.sim.needs import require_picamera2

    require_picamera2()
    rig = load(rig_name)
    site = TwinSite(rig, seed, changes)
    site.built()
    try:
        found = [look(host, rig.hosts[name].connect) for name, host in site.hosts().items()]
    finally:
        site.close()
    _output([host for host in found if host is not None], out, force=force)


def _output(found: Sequence[FoundHost], out: Path | None, *, force: bool) -> None:
    if not found:
        asked = "a rig file of what is connected asked for"
        hint = "on the Pi itself, or hil new --host pi.local; without hardware yet: hil new --from hq-pair"
        raise UserError(asked, "this machine is no Raspberry Pi of the catalog", hint)
    if not any(host.cameras for host in found):
        said = "; ".join(f"no camera on {host.name} ({host.board.name}){f', {host.notes[0]}' if host.notes else ''}" for host in found)
        raise UserError(
            "a rig file of what is connected asked for", said, "hil doctor   says why; without hardware yet: hil new --from hq-pair"
        )
    name = DEFAULT_NAME if out is None else _name_of(out)
    text = rigfile.of_found(found, name)
    if out is None:
        sys.stdout.write(text)
        return
    if not force:
        _refuse_existing(out)
    _write(out, text)
    load(out)
    sys.stdout.write(f"wrote {out}; look through it, then   hil doctor {out}   and   hil accept {out}\n")


# -- files ------------------------------------------------------------------------------------------------------------


def _name_of(out: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", out.stem).lstrip("-._") or DEFAULT_NAME


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise UserError(f"-o {file}: there is such a file", "it is not overwritten", "another name, or --force")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"-o {file}: cannot be written", error.strerror or str(error), "a file in a folder that exists") from error
