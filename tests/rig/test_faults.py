"""What a rig file's author reads after a mistake: where it is, what is allowed, what was probably meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FaultsOf = Callable[[str], list[str]]

LINE_9 = 'sink = { module = "HQ Camera (CS)", host = "pi5", port = "CAM1" }'
PI4 = 'host = "pi4"'
SECOND = LINE_9 + "\nsource" + LINE_9[4:]

CAMERA = {
    "unknown module": ('"HQ Camera (CS)"', '"Camera Modul 3"', 'module: "Camera Modul 3"; did you mean "Camera Module 3"?'),
    "unknown host": ('"pi5"', '"pi6"', 'host: "pi6" is not a host of this rig; did you mean "pi5"?  (hosts: pi5, pi4)'),
    "wrong port": ('"CAM1"', '"CAM2"', 'port: "CAM2"; a Raspberry Pi 5 has CAM0 and CAM1'),
    "wrong only port": ('"pi5", port = "CAM1"', '"pi4", port = "CAM0"', 'port: "CAM0"; a Raspberry Pi 4 has only CAM1'),
    "no port": (', port = "CAM1"', "", 'port: missing; a Raspberry Pi 5 has CAM0 and CAM1, write port = "CAM1"'),
    "empty port": ('"CAM1"', '""', 'port: "" is empty; write "CAM1"'),
    "port as number": ('"CAM1"', "1", 'port: 1 is a number; write "CAM1"'),
    "frequency as text": ('"CAM1"', '"CAM1", link_frequency_mhz = "450"', 'link_frequency_mhz: "450" is text; write 450'),
    "frequency of zero": ('"CAM1"', '"CAM1", link_frequency_mhz = 0', "link_frequency_mhz: 0; must be more than 0"),
    "frequency": (
        '"CAM1"',
        '"CAM1", link_frequency_mhz = 447',
        "link_frequency_mhz: 447; the link of an IMX477 runs at 450, 453 or 456 MHz",
    ),
    "truth as number": ('"CAM1"', '"CAM1", always_on = 1', "always_on: 1 is a number; write true or false"),
    "a list": ('"CAM1"', '["CAM1"]', 'port: [...] is a list; write "CAM1"'),
    "a date": ('"CAM1"', "2026-01-01", 'port: 2026-01-01 is a date or time; write "CAM1"'),
    "unknown key": ("port =", "prt =", 'prt: no such key; did you mean "port"?  (a camera has: module, host, port, lens, adapter,'),
    "missing key": (', host = "pi5"', "", 'host: missing; write host = "pi5"'),
    "empty text": ('"pi5"', '""', 'host: "" is empty; write "pi5"'),
    "role": ('"CAM1"', '"CAM1", sync = "sorce"', 'sync: "sorce"; write "source", "sink" or "trigger"'),
    "driver": (
        '"CAM1"',
        '"CAM1", driver = "old"',
        'driver: "old"; the driver of imx477 comes as "legacy" or "current"; or leave driver out',
    ),
    "C lens": (
        '"CAM1"',
        '"CAM1", lens = "16mm"',
        'lens: "16mm" is a C lens; on the CS mount of an HQ Camera (CS) it needs adapter = "C-CS"',
    ),
    "CS lens on M12": (
        '(CS)", ',
        '(M12)", lens = "6mm", ',
        'lens: "6mm" is a CS lens; an HQ Camera (M12) has an M12 mount  (fitting: 8mm, 25mm, fisheye)',
    ),
    "M12 lens on CS": (
        '"CAM1"',
        '"CAM1", lens = "8mm"',
        'lens: "8mm" is an M12 lens; an HQ Camera (CS) has a CS mount  (fitting: 6mm, 16mm)',
    ),
    "adapter on M12": (
        '(CS)", ',
        '(M12)", adapter = "C-CS", ',
        'adapter: "C-CS"; an HQ Camera (M12) takes M12 lenses, which need no adapter',
    ),
    "adapter under a CS lens": ('"CAM1"', '"CAM1", lens = "6mm", adapter = "C-CS"', 'adapter: "C-CS"; the 6mm lens has a CS mount'),
    "unknown lens": ('"CAM1"', '"CAM1", lens = "7mm"', 'lens: "7mm"; did you mean "'),
    "fixed lens": (
        '"HQ Camera (CS)"',
        '"Camera Module 3", lens = "6mm"',
        'lens: "6mm"; the lens of a Camera Module 3 is part of it, leave lens out',
    ),
    "no XVS": (
        '"HQ Camera (CS)"',
        '"Camera Module 3", sync = "sink"',
        'sync: "sink"; a Camera Module 3 has no XVS or XTR pad, only HQ and GS',
    ),
    "no XTR": ('"CAM1"', '"CAM1", sync = "trigger"', 'sync: "trigger"; an HQ Camera (CS) has no XTR pad, write "source" or "sink"'),
    "no R11": ('"CAM1"', '"CAM1", R11 = "removed"', 'R11: "removed"; only a GS Camera has R11, this is an HQ Camera (CS)'),
    "always on": (
        '"HQ Camera (CS)"',
        '"Camera Module 2", always_on = true',
        "always_on: true; the overlay of a Camera Module 2 has no always-on",
    ),
}


@pytest.mark.parametrize("case", CAMERA)
def test_a_mistake_in_a_camera_is_told_in_one_line(case: str, mine: str, faults_of: FaultsOf) -> None:
    wrong, put, message = CAMERA[case]

    (fault,) = faults_of(mine.replace(LINE_9, LINE_9.replace(wrong, put)))

    assert fault.startswith(f"rigs/mine.toml:9  [cameras] sink.{message}")


BOARDS = {
    "Raspberry Pi 400": "it has no CSI connector",
    "Raspberry Pi 500": "it has no CSI connector",
    "Raspberry Pi Zero (2016)": "the Zero as launched",
}


@pytest.mark.parametrize("board", BOARDS)
def test_a_board_without_connector_takes_no_camera(board: str, mine: str, faults_of: FaultsOf) -> None:
    (fault,) = faults_of(mine.replace("Raspberry Pi 5", board))

    assert fault.startswith(f'rigs/mine.toml:5  [hosts] pi5.board: "{board}" takes no camera (sink): {BOARDS[board]}')


CROWDS = {
    "one-port board": (
        SECOND.replace('"pi5", port = "CAM1"', '"pi4"'),
        "source.host: a Raspberry Pi 4 has one camera connector, and sink is on it",
    ),
    "one port": (SECOND, 'source.port: "CAM1" of pi5 has sink on it; a connector takes one camera'),
}


@pytest.mark.parametrize("case", CROWDS)
def test_two_cameras_do_not_share_a_connector(case: str, mine: str, faults_of: FaultsOf) -> None:
    cameras, message = CROWDS[case]

    assert faults_of(mine.replace(LINE_9, cameras)) == [f"rigs/mine.toml:10  [cameras] {message}"]


OTHER = {
    "unknown board": ('"Raspberry Pi 4"', '"Raspberry Pi4b"', '6  [hosts] pi4.board: "Raspberry Pi4b"; did you mean "Raspberry Pi 4'),
    "no board at all": (
        '"Raspberry Pi 4"',
        '"Arduino"',
        '6  [hosts] pi4.board: "Arduino" is not a board of the catalog  (Raspberry Pi 5, ',
    ),
    "connect": (
        '"ssh:pi4.local"',
        '"shh:pi4"',
        '6  [hosts] pi4.connect: "shh:pi4"; write "local", or "ssh:" and a host name, for example "ssh:pi-a.local"',
    ),
    "an option as host": (
        '"ssh:pi4.local"',
        '"ssh:-oProxyCommand=x"',
        '6  [hosts] pi4.connect: "ssh:-oProxyCommand=x"; write "local", or "ssh:"',
    ),
    "two local hosts": (
        '"ssh:pi4.local"',
        '"local"',
        '6  [hosts] pi4.connect: "local" is pi5 already; only one host is the machine the tests run on',
    ),
    "unit": ('unit = "sink"', 'unit = "sinc"', '2  unit: "sinc" is not a camera of this rig; did you mean "sink"?  (cameras: sink)'),
    "unit twice": ('unit = "sink"', 'unit = ["sink", "sink"]', '2  unit: "sink" is in the list twice'),
    "no unit": ('unit = "sink"', "unit = []", "2  unit: the list is empty; write at least one name"),
    "unit as number": ('unit = "sink"', "unit = 3", "2  unit: 3 is a number; write a name in quotes, or a list of them"),
    "name": ('name = "mine"', 'name = "my rig/.."', '1  name: "my rig/.." is not a name; write letters, digits, - and _, a letter first'),
    "unknown section": (
        "[cameras]",
        '[ligth]\nkind = "steady"\n[cameras]',
        '8  [ligth] no such key; did you mean "light"?  (a rig has: name, unit,',
    ),
    "section as value": (
        'unit = "sink"',
        'unit = "sink"\nwiring = 5',
        "3  wiring: 5 is a number; write a section [wiring] with lines such as  GND = ",
    ),
    "camera as text": (
        LINE_9,
        LINE_9 + '\nb = "HQ"',
        '10  [cameras] b: "HQ" is text; write a table: b = { module = "Camera Module 3", host = "pi5" }',
    ),
    "satellite band": ('unit = "sink"', 'unit = "sink"\ngnss = ["GPS L9"]', '3  gnss: "GPS L9"; did you mean "GPS L1"?'),
    "one name twice": ("pi4 = {", "sink = {", "9  [cameras] sink: [hosts] has a sink too; give every device a name of its own"),
    "light for nobody": (
        "[cameras]",
        '[light]\nkind = "steady"\nseen_by = "sinc"\n[cameras]',
        '10  [light] seen_by: "sinc" is not a camera of this rig; did',
    ),
    "dark light": ("[cameras]", '[light]\nkind = "steady"\nlux = 0\n[cameras]', "10  [light] lux: 0; must be more than 0"),
    "Pico elsewhere": (
        "[cameras]",
        '[picos]\np = { host = "pi" }\n[cameras]',
        '9  [picos] p.host: "pi" is not a host of this rig; did you mean "pi',
    ),
    "two Picos": (
        "[cameras]",
        '[picos]\np = { host = "pi5" }\nq = { host = "pi5" }\n[cameras]',
        "10  [picos] q: pi5 has several Picos; tell them apart with id",
    ),
}


@pytest.mark.parametrize("case", OTHER)
def test_a_mistake_elsewhere_is_told_in_one_line(case: str, mine: str, faults_of: FaultsOf) -> None:
    wrong, put, message = OTHER[case]

    (fault,) = faults_of(mine.replace(wrong, put, 1))

    assert fault.startswith(f"rigs/mine.toml:{message}")


def test_missing_sections_are_shown_as_they_are_written(faults_of: FaultsOf) -> None:
    example = 'pi5 = { board = "Raspberry Pi 5", connect = "local" }'

    assert faults_of('name = "mine"\nunit = "sink"\n[cameras]\n') == [
        f"rigs/mine.toml:1  hosts: missing; write a section [hosts] with lines such as  {example}",
        "rigs/mine.toml:3  [cameras] is empty; a rig has at least one camera",
    ]


def test_all_faults_come_at_once_in_file_order(mine: str, faults_of: FaultsOf) -> None:
    text = mine.replace('"Raspberry Pi 4"', "4").replace('"sink"', '"sinc"').replace('"CAM1"', '"CAM1", lens = "8mm", colour = "red"')

    assert [fault.split(":")[1].split(" ")[0] for fault in faults_of(text)] == ["2", "6", "9", "9"]


def test_a_misspelt_required_key_is_one_fault_not_two(mine: str, faults_of: FaultsOf) -> None:
    (fault,) = faults_of(mine.replace("module =", "modul ="))

    assert fault.startswith('rigs/mine.toml:9  [cameras] sink.modul: no such key; did you mean "module"?')
