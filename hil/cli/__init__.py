"""The command line: `hil accept`, `hil catalog`, `hil plan`, ... One exit status table for all of them (README)."""

from hil.cli.main import main

__all__ = ["main"]
