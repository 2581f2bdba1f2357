"""Hardware-in-the-loop tests for Raspberry Pi cameras. `import hil` is cheap: rooms are imported where they are used."""

__version__ = "0.1.0"
