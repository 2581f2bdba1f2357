"""Evidence: a run's attachments, kept once each under their SHA-256, beside the database.

`FOLDER/aa/aabb…`: the same file of two runs is one file. Names are never used as paths, and nothing outside the run's folder is read.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from hil.errors import UserError
from hil.history.flat import text

_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment that is kept."""

    row: dict[str, Any]
    """Of the table `evidence`, without the run's key."""


def folder_of(url: URL) -> Path:
    """Where the evidence of a database lies: beside an SQLite file; for a shared database in the working directory's reports."""
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.evidence")
    return Path("reports") / "history.evidence"


def path_of(root: Path, sha256: str) -> Path:
    """Where the file with that hash lies."""
    return root / sha256[:2] / sha256


def named(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the record has attached, as rows of the table `evidence` without size and run; the hash is the one that the record states."""
    told = [one for one in record.get("attachments") or () if isinstance(one, Mapping)]
    return [
        {
            "position": at,
            **{to: text(one.get(of)) for to, of in (("name", "name"), ("mime", "mime"), ("sha256", "sha256"), ("path", "path"))},
        }
        for at, one in enumerate(told)
    ]


def keep(record: Mapping[str, Any], folder: Path, root: Path) -> tuple[list[Kept], list[str]]:
    """Copy what the record has attached from the run's folder; and the names of those that are another file now.

    What is not there any more is left out.
    """
    kept, changed = [], []
    for one in named(record):
        source, stated = _inside(folder, one.pop("path")), one["sha256"]
        if source is None:
            continue
        try:
            sha256 = _copied(source, root, stated)
        except OSError as error:
            asked = f"evidence of {folder} cannot be kept in {root}"
            raise UserError(asked, f"{error.filename}: {error.strerror}", "a folder that can be written to, with room") from None
        if sha256:
            kept.append(Kept({**one, "name": one["name"] or source.name, "sha256": sha256, "size": source.stat().st_size}))
        else:
            changed.append(source.name)
    return kept, changed


def held(rows: Sequence[Mapping[str, Any]], root: Path) -> list[Kept]:
    """Of what a record names, that which is here already."""
    found = []
    for one in rows:
        path = path_of(root, one["sha256"])
        if _HASH.fullmatch(one["sha256"]) and path.is_file():
            found.append(Kept({key: one[key] for key in ("position", "name", "mime", "sha256")} | {"size": path.stat().st_size}))
    return found


def put(content: bytes, root: Path) -> bool:
    """Keep these bytes; False where they are kept already. OSError where they cannot be."""
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(root, sha256)
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{sha256}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)  # a reader sees all of it or nothing
    return True


def content(root: Path, sha256: str) -> bytes | None:
    """What is kept under this hash; None where it is gone, or is no longer that."""
    try:
        found = path_of(root, sha256).read_bytes()
    except OSError:
        return None
    return found if hashlib.sha256(found).hexdigest() == sha256 else None


def _inside(folder: Path, told: str) -> Path | None:
    """The attachment's file, if it is one and lies in the run's folder."""
    root = folder.resolve()
    path = (root / told).resolve() if told and "\0" not in told else root
    return path if path.is_file() and path.is_relative_to(root) else None


def _copied(source: Path, root: Path, stated: str) -> str:
    """Its hash; empty where the record states another one."""
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if stated and sha256 != stated:
        return ""
    target = path_of(root, sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{sha256}.{os.getpid()}")
        shutil.copyfile(source, draft)
        draft.replace(target)
    return sha256
