"""Ed25519 keys of stations (RFC 8032): made, kept, named, and used.

A key is named by the SHA-256 of its 32 public bytes, in hexadecimal.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hil.errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

INSTALL = "pip install 'rpi-camera-hil[factory]'"


@contextmanager
def needs_cryptography(what: str) -> Iterator[None]:
    """UserError that names the package to install where `cryptography` is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise UserError(f"{what} asked for", f"the package {missing.name} is not installed", INSTALL) from missing


def make(private: Path, public: Path) -> str:
    """Make a key pair in two files, the private one readable by its owner alone; its name."""
    with needs_cryptography("a key for a station"):
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    public.write_bytes(public_pem(key.public_key()))
    return name(key.public_key())


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as its file has it."""
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def name(key: Ed25519PublicKey) -> str:
    """The key's name: SHA-256 of its 32 public bytes, in hexadecimal."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def private(path: Path) -> Ed25519PrivateKey:
    """The private key in `path`; UserError if there is none, or if others may read it."""
    with needs_cryptography("the station's key"):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    asked = f"the station's key {path} asked for"
    try:
        shared, content = path.stat().st_mode & 0o077, path.read_bytes()
    except OSError as error:
        raise UserError(
            asked, (error.strerror or str(error)).lower(), "restore it from its backup, or set up a station with another id"
        ) from error
    if shared:
        raise UserError(asked, "others than its owner may read or change it", f"chmod 600 {path}")
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError) as error:
        raise UserError(asked, f"it is no private key without a password ({error})", "restore it from its backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(asked, "it is no Ed25519 key", "restore it from its backup")
    return key


def public(path: Path) -> Ed25519PublicKey:
    """The public key in `path`; UserError if there is none."""
    with needs_cryptography("a public key"):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    asked = f"the public key {path} asked for"
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise UserError(
            asked, (error.strerror or str(error)).lower(), "the station.pub of the station: hil station key prints it"
        ) from error
    except (ValueError, TypeError) as error:
        raise UserError(asked, "it is no public key in PEM", "the station.pub of the station: hil station key prints it") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UserError(asked, "it is no Ed25519 key", "the station.pub of the station: hil station key prints it")
    return key


def signed(key: Ed25519PrivateKey, content: bytes) -> str:
    """The signature of `content`, in base64; the same for the same bytes."""
    return base64.b64encode(key.sign(content)).decode()


def holds(key: Ed25519PublicKey, signature: str, content: bytes) -> bool:
    """Whether `signature` (base64) of `content` was made with the private half of `key`."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
