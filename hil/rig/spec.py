"""What stands behind the edge of a simulated rig, as plain data that travels to host processes.

The standard library is enough to import this. A twin is made of these values and of its seed, never of the rig file:
the file says what should be there, the specification what is.
"""

from __future__ import annotations

from dataclasses import dataclass

from hil.rig.wiring import Line


@dataclass(frozen=True, slots=True)
class TwinHost:
    """A simulated Raspberry Pi."""

    name: str
    board: str
    """Catalog name: "Raspberry Pi 5"."""
    connect: str = "local"
    """As in the rig: "local" or "ssh:host"."""
    relay: str = ""
    """The pin whose relay gives it its supply while high; "" for none."""
    kernel: str = ""
    """Kernel release to report; "" for the twin's usual one."""
    os: str = ""
    """Name of the Raspberry Pi OS release, "bookworm" or "trixie"; "" for the twin's usual one."""
    camera_timeout_ms: int = 0
    """Libcamera gives up after this silence, whatever its configuration says; 0 for as configured."""
    overlay: str = ""
    """The sensor overlay that config.txt loads instead of those that its cameras need: "imx219"."""
    groups: str = ""
    """The groups that its user is in, separated by spaces; "" for those of Raspberry Pi OS's first user."""
    sudo: bool = True
    """False: sudo asks its user for a password."""
    cma_mb: int = 0
    """MiB of contiguous memory set aside at boot; 0 for the board's usual."""
    undervoltage_at_s: float = 0.0
    """True time at which its supply sags, in seconds from the beginning of the world; 0 for never."""
    throttled: int = 0
    """The firmware's bits of under-voltage and throttling, now (0 to 3) and since boot (16 to 19)."""
    temperature_c: float = 0.0
    """Of its chip, in degrees Celsius; 0 for that of an idle board."""
    disk_free_mb: int | None = None
    """MiB free on its root file system; None for plenty."""
    clock_set: bool = True
    """False: booted without network and battery, its date is from long ago."""
    picamera2: str = "apt"
    """Who installed it: "apt", "pip" or "nobody"."""


@dataclass(frozen=True, slots=True)
class TwinCamera:
    """A simulated camera: the module that is really fitted, whatever the rig says."""

    name: str
    host: str
    port: str
    module: str
    """Catalog name of the module that is fitted."""
    driver: str
    """Generation of its sensor's driver; the usual one unless the rig or an override says another."""
    link_frequency_hz: int
    """What its overlay asks for. A frequency that the sensor does not support makes it vanish from the host."""
    present: bool = True
    """False: nothing answers on that connector."""
    i2c_error: bool = False
    """True: firmware detected it, and it no longer answers when its driver asks: a bad contact."""
    held_by: int = 0
    """Process id of the foreign program that has it open; 0 for none."""
    hdr: bool = False
    """True: somebody left the sensor's wide dynamic range control on."""
    lens: str = ""
    """Catalog name of its lens; "" where it is part of the module or unknown."""
    adapter: str = ""
    """"C-CS" or ""."""
    sync: str = ""
    """"source", "sink", "trigger" or ""."""
    always_on: bool = False
    Q2: str = ""
    """"fitted", "absent" or "" for not said."""
    R11: str = ""
    """"fitted", "removed" or "" for not said."""
    MAS: str = ""
    """"bridged", "open" or "" for not said."""
    frame_stretch: float = 1.0
    """Its own frame is longer by this factor than its driver programs."""
    late_s: float = 0.0
    """Its stream begins later by so many seconds than libcamera says."""
    ignores_every: int = 0
    """It makes no frame of every n-th trigger pulse; 0 for none ignored."""
    light_offset_ms: float = 0.0
    """Its rows are exposed later by this than its timestamps say."""
    specimen: int = 0
    """Another one of its kind, with a hidden truth of its own, for each number."""
    seating: int = 0
    """The same one put in anew, for each number: it has made other frames before, so their noise is another."""


@dataclass(frozen=True, slots=True)
class TwinLight:
    """The light that is simply there."""

    kind: str = "steady"
    seen_by: tuple[str, ...] = ()
    """Names of the cameras it shines into."""
    lux: float = 1000.0
    """Illuminance in lux of the sheet they look at; 0 is darkness."""
    flicker_hz: float = 0.0
    """Frequency of its flicker, 0 for none; 100 for a lamp on 50 Hz mains."""
    flicker_depth: float = 0.0
    """Flicker's amplitude relative to the mean, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TwinPico:
    """A simulated Raspberry Pi Pico."""

    name: str
    host: str
    id: str = ""
    """Its serial number; "" for one that is drawn."""
    present: bool = True
    """False: it is not plugged in."""
    unplug_at_s: float = 0.0
    """True time at which somebody pulls it out, in seconds from the beginning of the world; 0 for never."""
    board: str = "Raspberry Pi Pico"
    """Its product name."""
    firmware: str = ""
    """Version that its firmware says it is; "" for this package's."""


@dataclass(frozen=True, slots=True)
class TwinAdc:
    """A simulated analogue to digital converter on a Pi's SPI bus."""

    name: str
    host: str
    chip: str = "MCP3008"
    select: int = 0
    """Chip select line, CE0 or CE1."""


@dataclass(frozen=True, slots=True)
class TwinShifter:
    """A level shifter or comparator between two voltages."""

    name: str
    kind: str
    """"shifter" or "comparator"."""
    threshold_v: float
    """Of its input."""
    high_v: float = 3.3
    """What its output drives when high."""


@dataclass(frozen=True, slots=True)
class TwinClock:
    """The wire whose edges several hosts time-stamp."""

    drive: str
    stamp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TwinStrobe:
    """The light that a pin switches."""

    drive: str
    seen_by: tuple[str, ...]
    dead: bool = False
    """True: current flows, no light comes."""


@dataclass(frozen=True, slots=True)
class TwinStation:
    """The operator of a simulated station."""

    start: str
    """The pin of the start button; "" where there is none."""
    start_at_s: float = 1.0
    """True time at which the operator presses it; 0 for never."""
    held: bool = False
    """True: the button is stuck down from the beginning."""


@dataclass(frozen=True, slots=True)
class TwinSpec:
    """A whole simulated rig."""

    rig: str
    """The rig's name."""
    hosts: tuple[TwinHost, ...]
    cameras: tuple[TwinCamera, ...]
    light: TwinLight | None = None
    """None: the rig has no light of its own; what the cameras see is the room's business."""
    wiring: tuple[Line, ...] = ()
    """What is really soldered."""
    picos: tuple[TwinPico, ...] = ()
    adcs: tuple[TwinAdc, ...] = ()
    shifters: tuple[TwinShifter, ...] = ()
    clock: TwinClock | None = None
    strobe: TwinStrobe | None = None
    station: TwinStation | None = None
    overrides: tuple[str, ...] = ()
    """What was changed on purpose, as it was typed, for the record."""

    def host(self, name: str) -> TwinHost:
        """The host of that name; KeyError where there is none."""
        return {host.name: host for host in self.hosts}[name]

    def camera(self, name: str) -> TwinCamera:
        """The camera of that name; KeyError where there is none."""
        return {camera.name: camera for camera in self.cameras}[name]

    def cameras_on(self, host: str) -> tuple[TwinCamera, ...]:
        """The cameras whose cables go to `host`, in the rig's order."""
        return tuple(camera for camera in self.cameras if camera.host == host)
