"""What a history needs that a bench may do without, said in one line."""

from __future__ import annotations

from importlib.util import find_spec

from hil.errors import UserError

_PACKAGES = ("sqlalchemy", "alembic", "scipy", "rfc8785")


def missing() -> str:
    """The first package of the extra [factory] that is not installed, or nothing."""
    return next((name for name in _PACKAGES if find_spec(name) is None), "")


def require() -> None:
    """UserError if something is missing."""
    name = missing()
    if name:
        raise UserError("a history asked for", f"{name} is not installed", "pip install 'rpi-camera-hil[factory]'")
