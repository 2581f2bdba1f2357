"""What of a certificate holds: the record attached to it, and the pages, which are made from it again and compared byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import UserError
from hil.report import pdf
from hil.report.record import SCHEMA
from hil.report.traveller import WIRING
from hil.station.finding import Finding

if TYPE_CHECKING:
    from pypdf import PdfReader

_LARGEST = 200_000_000
"""Bytes of an attachment that are read; the largest record of a full plan has five million."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a certificate holds."""

    record: Mapping[str, Any]
    attached: bytes
    """record.json as it is attached."""
    wiring: bytes | None
    maker: str
    """Who says to have made the pages: `hil.report.pdf.maker` of then."""


class AttachmentChanged(UserError):
    """What is attached to a certificate is not what was attached to it."""


def contents(path: Path) -> Contents:
    """The attachments of the certificate at `path`; UserError if it is none, AttachmentChanged if they cannot be unpacked or read."""
    reader = _opened(path)
    attached = _attachment(reader, path, pdf.RECORD)
    if attached is None:
        raise UserError(f"{path}: no certificate", f"no {pdf.RECORD} is attached to it")
    try:
        record = json.loads(attached)
    except (ValueError, RecursionError) as error:
        raise AttachmentChanged(
            f"{path}: the attached {pdf.RECORD} was changed", f"the attached {pdf.RECORD} is no JSON any more: {error}"
        ) from None
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise UserError(f"{path}: no certificate", f"the attached {pdf.RECORD} has no schema {SCHEMA}")
    told = reader.metadata.get("/Keywords", "") if reader.metadata else ""
    return Contents(record, attached, _attachment(reader, path, WIRING), str(told))


def pages(path: Path, found: Contents | None = None) -> list[Finding]:
    """What can be said of the pages, given the attachments. Whether the record itself holds is for its seal to say."""
    found = found or contents(path)
    findings = [] if found.wiring is None else [_wiring(found)]
    made, here = path.read_bytes(), pdf.maker()
    try:
        again = pdf.rendered(found.record, found.attached, found.wiring)
    except Exception as error:
        return [*findings, Finding("broken", "pages", f"no pages can be made of the attached record: {type(error).__name__}: {error}")]
    if made == again:
        return [*findings, Finding("ok", "pages", "they are what the attached record gives, byte for byte")]
    if found.maker != here:
        says = f"made by {found.maker or 'nobody'}, this is {here}: they cannot be compared here; the attached record alone counts"
        return [*findings, Finding("open", "pages", says)]
    return [*findings, Finding("broken", "pages", f"changed: {_difference(made, again)}")]


def _wiring(found: Contents) -> Finding:
    listed = found.record.get("attachments")
    named = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    told = next((one.get("sha256") for one in named if one.get("path") == WIRING), None)
    if hashlib.sha256(found.wiring or b"").hexdigest() == told:
        return Finding("ok", "wiring", "the picture is the one that the record names by its hash")
    return Finding("broken", "wiring", "the attached picture is not the one that the record names by its hash")


def _opened(path: Path) -> PdfReader:
    try:
        import pypdf
    except ImportError as missing:
        raise UserError(f"{path}: reading a PDF asked for", f"the package {missing.name} is not installed", pdf.INSTALL) from missing
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every oddity on standard error; what counts is said below
    try:
        reader = pypdf.PdfReader(io.BytesIO(path.read_bytes()))
        reader.pages[0]
    except OSError as error:
        raise UserError(f"{path}: cannot be read", error.strerror or str(error)) from None
    except Exception as error:  # pypdf meets broken files with all sorts of exceptions
        raise UserError(f"{path}: not a PDF that can be read", f"{type(error).__name__}: {error}") from None
    return reader


def _attachment(reader: PdfReader, path: Path, name: str) -> bytes | None:
    try:
        found = reader.attachments.get(name)
    except Exception as error:  # a changed byte in a compressed stream ends anywhere in it
        why = f"the attached {name} cannot be unpacked: {type(error).__name__}: {error}"
        raise AttachmentChanged(f"{path}: the attached {name} was changed", why) from None
    if not found:
        return None
    if len(found) > 1 or len(found[0]) > _LARGEST:
        raise UserError(f"{path}: no certificate", f"{name} is attached {len(found)} times, {len(found[0])} bytes")
    return bytes(found[0])


def _difference(made: bytes, again: bytes) -> str:
    """Where two documents of one maker differ, in the reader's words."""
    import pypdf

    before, after = (pypdf.PdfReader(io.BytesIO(content)) for content in (made, again))
    if len(before.pages) != len(after.pages):
        return f"{len(before.pages)} instead of {len(after.pages)}"
    differing = [str(at) for at, (a, b) in enumerate(zip(before.pages, after.pages, strict=True), 1) if _drawn(a) != _drawn(b)]
    if differing:
        return f"page{'s' if len(differing) > 1 else ''} {', '.join(differing)}"
    return "not in what is drawn on them, but elsewhere in the file (metadata, fonts, pictures, or something added at its end)"


def _drawn(page: Any) -> bytes:
    """A page's drawing instructions; nothing where they cannot be unpacked."""
    try:
        content = page.get_contents()
        return bytes(content.get_data()) if content is not None else b""
    except Exception:  # a changed byte in a compressed stream
        return b""
