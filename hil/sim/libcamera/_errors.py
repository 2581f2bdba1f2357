"""How a refusal by the simulated kernel side reaches the caller of the binding."""

from __future__ import annotations

import os


class BackendError(Exception):
    """A refusal with an errno, as pipeline handlers return it."""

    def __init__(self, errno: int) -> None:
        """`errno`: positive, from the `errno` module."""
        super().__init__(os.strerror(errno))
        self.errno = errno


def failure(what: str, error: BackendError) -> RuntimeError:
    """What pybind11 makes of the std::system_error that libcamera's binding throws."""
    return RuntimeError(f"{what}: {os.strerror(error.errno)}")
