"""Evidence: a run's attachments, kept once each under their SHA-256, beside the database.

`FOLDER/aa/aabb…`: the same file of two runs is one file. Names are never used as paths, and nothing outside the run's folder is read.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from hil.errors import UserError


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


def keep(record: Mapping[str, Any], folder: Path, root: Path) -> list[Kept]:
    """Copy what the record has attached from the run's folder; what is not there any more is left out."""
    kept = []
    for position, one in enumerate(record.get("attachments") or ()):
        source = _inside(folder, str(one.get("path") or ""))
        if source is None:
            continue
        try:
            sha256 = _copied(source, root)
        except OSError as error:
            asked = f"evidence of {folder} cannot be kept in {root}"
            raise UserError(asked, f"{error.filename}: {error.strerror}", "a folder that can be written to, with room") from None
        told = {"name": str(one.get("name") or source.name), "mime": str(one.get("mime") or ""), "size": source.stat().st_size}
        kept.append(Kept({"position": position, "sha256": sha256, **told}))
    return kept


def _inside(folder: Path, told: str) -> Path | None:
    """The attachment's file, if it is one and lies in the run's folder."""
    root = folder.resolve()
    path = (root / told).resolve() if told else root
    return path if path.is_file() and path.is_relative_to(root) else None


def _copied(source: Path, root: Path) -> str:
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    target = path_of(root, sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{sha256}.{os.getpid()}")
        shutil.copyfile(source, draft)
        draft.replace(target)  # a reader sees all of it or nothing
    return sha256
