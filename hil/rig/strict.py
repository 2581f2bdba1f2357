"""What every table of a rig or plan file is made of."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A table of the file: unknown keys refused, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    noun: ClassVar[str]
    """What a message calls such a table: "a camera"."""
    entry: ClassVar[str] = "key"
    """What a message calls one key of it."""
