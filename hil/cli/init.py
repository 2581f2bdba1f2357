"""`hil init`: a product's own repository, with a rig, a plan, a test and a CI workflow to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hil.errors import UserError

FILES = ("rigs/bench.toml", "plans/line.toml", "tests/test_cameras.py", "tox.ini", ".github/workflows/cameras.yml")
"""What is laid, as it lies in `examples/product`, where the tests run it."""

TRY = "hil accept rigs/bench.toml --sim --plan plans/line.toml --tests tests"


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="the repository; this folder if left out", show_default=False)] = Path(),
) -> None:
    """Lay rigs/, plans/, tests/, tox.ini and a CI workflow for a repository of your own. Never overwrites."""
    from hil import shipped

    example = shipped.path("examples") / "product"
    for name in FILES:
        typer.echo(f"wrote  {name}" if _laid(folder / name, (example / name).read_text(encoding="utf-8")) else f"kept   {name}, as it was")
    typer.echo(f"next   {TRY}" if folder == Path() else f"next   cd {folder} && {TRY}")


def _laid(file: Path, text: str) -> bool:
    """Whether the file was written; False if there is one, even if that appeared a moment ago."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        if file.parent.is_dir():
            return False
        raise UserError(f"hil init: {file} asked for", f"{file.parent} is no folder", "another folder: hil init DIR") from None
    except OSError as error:
        raise UserError(f"hil init: {file} asked for", error.strerror or str(error), "a folder that can be written to") from error
    return True
