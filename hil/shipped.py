"""What the distribution carries beside its code: rigs, plans, the acceptance suite, bench fixtures and examples.

In an installed wheel they lie in `hil/_shipped`; in a checkout or an editable install (which does not show the
wheel's folders) they lie beside the package. Everybody who looks for one of them asks here.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal

from hil.errors import UserError

Kind = Literal["rigs", "plans", "acceptance", "fixtures", "examples"]

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED: dict[str, str] = {
    "rigs": "rigs",
    "plans": "acceptance/plans",
    "acceptance": "acceptance",
    "fixtures": "fixtures",
    "examples": "examples",
}
_BESIDE: dict[str, str] = _INSTALLED | {"plans": "tests/acceptance/plans", "acceptance": "tests/acceptance"}
_SUFFIX: dict[str, str] = {"rigs": ".toml", "plans": ".toml", "acceptance": ".py"}
_ONE: dict[str, str] = {"rigs": "rig", "plans": "plan", "acceptance": "acceptance test", "fixtures": "fixture", "examples": "example"}


def path(kind: Kind) -> Path:
    """The folder of this kind. `UserError` when the installation lacks it."""
    # Installed first: `site-packages/fixtures` beside an installed package would be somebody else's.
    for folder in (_PACKAGE / "_shipped" / _INSTALLED[kind], _PACKAGE.parent / _BESIDE[kind]):
        if folder.is_dir():
            return folder
    raise UserError(f"this installation has no {kind}", f"nothing in {_PACKAGE / '_shipped'}", "install rpi-camera-hil again")


def names(kind: Kind) -> tuple[str, ...]:
    """The names that `find` knows, sorted: files without their suffix; for fixtures, the folders."""
    suffix = _SUFFIX.get(kind)
    entries = [entry for entry in path(kind).iterdir() if not entry.name.startswith((".", "_"))]
    if suffix is None:
        return tuple(sorted(entry.name for entry in entries if entry.is_dir()))
    return tuple(sorted(entry.stem for entry in entries if entry.suffix == suffix))


def find(kind: Kind, name_or_path: str | Path) -> Path:
    """The file that is meant: a shipped one by its bare name ("hq-cs"), any other by its path.

    A text with a folder or a suffix in it is a path; a bare name that nothing shipped has may still be a file of the
    working directory. `UserError` names the nearest shipped one.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and text in names(kind):
        return path(kind) / (text + _SUFFIX.get(kind, ""))
    if text.strip() and _exists(Path(text)):
        return Path(text)
    raise _missing(kind, text)


def _exists(candidate: Path) -> bool:
    try:
        return candidate.exists()
    except (OSError, ValueError):  # no permission to look; a NUL or far too long a name
        return False


def _missing(kind: Kind, text: str) -> UserError:
    known = names(kind)
    nearest = _nearest(Path(text).name.removesuffix(_SUFFIX.get(kind, "")), known)
    what = "no such file" if _looks_like_path(kind, text) else f"no {_ONE[kind]} has this name, and no file here"
    hint = f'did you mean "{nearest}"?' if nearest else "a name from this list, or the path of a file"
    return UserError(f'{_ONE[kind]} "{text}": {what}', f"shipped {kind}: {', '.join(known)}", hint)


def _looks_like_path(kind: Kind, text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith(_SUFFIX.get(kind, "/"))


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else next((name for name in known if word and name.startswith(word.lower())), None)
