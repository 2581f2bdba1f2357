"""`hil snap`: what a camera sees, as a picture, and one line about it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer
from numpy.typing import NDArray

from hil.checks import poke
from hil.checks.case import paced
from hil.cli.opened import Chosen, camera_named, opened
from hil.errors import MissingPackage, UserError
from hil.measure.develop import develop
from hil.measure.focus import FocusLook
from hil.report.files import refuse_unwritable
from hil.report.png import png

if TYPE_CHECKING:
    from hil.bench import Bench

KINDS = (".png", ".jpg", ".jpeg", ".dng")


@dataclass(frozen=True, slots=True)
class Options:
    """What to look at, and where the picture goes."""

    camera: str | None
    out: Path | None
    wanted: poke.Wanted


def run(chosen: Chosen, options: Options) -> None:
    """Take one picture and say what is in it."""
    rig = chosen.load()
    camera = camera_named(rig, options.camera)
    out = options.out or Path(f"{camera}.png")
    if out.suffix.lower() not in KINDS:
        raise UserError(
            f"-o {out} asked for", f"{out.suffix or 'a name without ending'} is no kind of picture here", "FILE.png, .jpg or .dng"
        )
    refuse_unwritable("-o", str(out))
    with opened(chosen, rig) as bench:
        shot = poke.look(bench, camera, options.wanted)
        data = _dng(bench, camera) if out.suffix.lower() == ".dng" else _encoder(out.suffix.lower())(shot)
    out.write_bytes(data)
    typer.echo(f"{summary(camera, shot)} · {out}")


def summary(camera: str, shot: poke.Shot) -> str:
    """Mode, exposure, level and what is clipped, in one line."""
    seen = FocusLook(shot.full_scale_dn, shot.achieved.black_dn)(shot.pixels)
    mode = f"{shot.mode.size[0]}x{shot.mode.size[1]}-{shot.mode.bits}"
    exposed = f"{shot.exposure_us / 1e3:.4g} ms, gain {shot.gain:.3g}"
    return f"{camera}  {mode} · {exposed} · mean {seen.mean:.1f} % · clipped {100 * seen.clipped:.2f} %"


def _encoder(suffix: str) -> Callable[[poke.Shot], bytes]:
    return (lambda shot: png(_picture(shot))) if suffix == ".png" else _jpeg


def _picture(shot: poke.Shot) -> NDArray[np.uint8]:
    return develop(shot.pixels, shot.cfa, shot.achieved.black_dn, shot.full_scale_dn)


def _jpeg(shot: poke.Shot) -> bytes:
    try:
        from PIL import Image
    except ImportError as absent:
        raise MissingPackage(
            "a JPEG asked for", f"{absent}", "sudo apt install python3-pil, or -o FILE.png", cause="package missing"
        ) from absent
    file = io.BytesIO()
    Image.fromarray(_picture(shot)).save(file, "JPEG", quality=92)
    return file.getvalue()


def _dng(bench: Bench, camera: str) -> bytes:
    if paced(bench.rig, camera):
        raise UserError(f"{camera}: a DNG asked for", "it makes frames only while its source streams", "-o FILE.png")
    return bench.cameras[camera].dng()
