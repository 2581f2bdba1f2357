"""`hil wiring`: the wiring of a rig as a picture to solder by."""

from __future__ import annotations

from pathlib import Path

from hil.errors import MissingPackage, UserError
from hil.rig import load


def run(rig_name: str, out: Path | None, show: str | None, *, pull_up: bool) -> str:
    """Write the SVG, named after the rig if it is not said; returns what was written, in words."""
    rig = load(rig_name)
    out = out or Path(f"{rig.name}.svg")
    try:
        from hil.rig.picture import wiring
    except ImportError as missing:
        raise MissingPackage("hil wiring draws with schemdraw", str(missing), "pip install schemdraw") from missing
    picture = wiring.picture(rig, show=show, pull_up=pull_up)
    try:
        out.write_bytes(picture)
    except OSError as error:
        raise UserError(f"-o {out}: cannot be written", error.strerror or str(error), "a file in a folder that exists") from error
    return f"{out}: the wiring of {rig.name}" + (f", what concerns {show}" if show else "")
