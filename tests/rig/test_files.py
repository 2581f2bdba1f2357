"""Files that cannot be read as TOML get one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil.errors import UserError
from hil.rig import load

FaultsOf = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(name: str) -> str:
    with pytest.raises(UserError) as caught:
        load(name)
    return str(caught.value)


BROKEN = {
    "no value": (
        "name =\n",
        "rigs/mine.toml:1  not TOML: the value after = is missing or not understood; text needs quotes\n  found  name =",
    ),
    "no quotes": (
        "unit = cm3\n",
        "rigs/mine.toml:1  not TOML: the value after = is missing or not understood; text needs quotes\n  found  unit = cm3",
    ),
    "open quote": ('a = 1\nb = "x\n', 'rigs/mine.toml:2  not TOML: a quote is not closed on its line\n  found  b = "x'),
    "no equals": ("a = 1\nb\n", "rigs/mine.toml:2  not TOML: a key needs = and a value after it\n  found  b"),
    "open table": ("a = { b = 1\n", "rigs/mine.toml:1  not TOML: a { is not closed on its line\n  found  a = { b = 1"),
    "open list": (
        "a = [1, 2\n\nb = 3\n",
        "rigs/mine.toml:3  not TOML: a [ is not closed, or a comma is missing between its items\n  found  b = 3",
    ),
    "open header": ("[hosts\na = 1\n", "rigs/mine.toml:1  not TOML: a [section] needs its closing ]\n  found  [hosts"),
    "two statements": (
        "a = 1 b = 2\n",
        "rigs/mine.toml:1  not TOML: something follows the value; one key a line, text in quotes\n  found  a = 1 b = 2",
    ),
    "key twice": ("[hosts]\na = 1\nb = 2\na = 3\n", 'rigs/mine.toml:4  [hosts] "a" is written twice; the first is in line 2'),
    "key twice in a table": ("[c]\nx = { p = 1, p = 2 }\n", 'rigs/mine.toml:2  [c] x: "p" is written twice; the first is in line 2'),
    "section twice": ("[a]\nb = 1\n[a]\n", 'rigs/mine.toml:3  "a" is written twice; the first is in line 1'),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_toml_is_told_with_its_line(case: str, faults_of: FaultsOf) -> None:
    text, message = BROKEN[case]

    assert "\n".join(faults_of(text)) == message


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"])
def test_an_empty_file_is_told_what_a_rig_needs(text: str, faults_of: FaultsOf) -> None:
    assert faults_of(text) == [
        "rigs/mine.toml: the file is empty",
        "  found  name, unit, [hosts] and [cameras] are missing",
        "  try    copy the nearest shipped rig and change it",
    ]


def test_a_missing_file_names_the_nearest_shipped_rig() -> None:
    assert refusal("rigs/hq-sc.toml").startswith('rig "rigs/hq-sc.toml": no such file\n')
    assert 'did you mean "hq-cs"?' in refusal("rigs/hq-sc.toml")


def test_a_folder_is_told_apart_from_a_file(here: Path) -> None:
    (here / "bench").mkdir()
    (here / "bench" / "left.toml").touch()

    assert refusal("bench/") == "bench: this is a folder, not a rig file\n  try    name one file in it: left.toml"


def test_a_file_in_another_encoding_is_told_to_be_saved_as_utf_8(here: Path, mine: str) -> None:
    (here / "mine.toml").write_bytes(mine.replace("mine", "müne", 1).encode("latin-1"))
    assert refusal("mine.toml") == "mine.toml:1  this is not UTF-8 text\n  found  byte 0xfc\n  try    save the file as UTF-8"

    (here / "mine.toml").write_bytes(mine.encode("utf-16"))
    assert refusal("mine.toml").startswith("mine.toml:1  this is not UTF-8 text")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(here: Path, mine: str) -> None:
    (here / "unix.toml").write_text(mine)
    (here / "windows.toml").write_bytes(b"\xef\xbb\xbf" + mine.replace("\n", "\r\n").encode())

    assert load("windows.toml").sha256 == load("unix.toml").sha256


def test_a_file_nobody_may_read_says_so(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "mine.toml").touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root, who may run this, reads everything
    assert refusal("mine.toml") == "mine.toml: no permission to read this file\n  try    chmod a+r mine.toml"


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 5000, "~", "no/such/folder/rig.toml"])
def test_an_impossible_name_is_a_plain_refusal(name: str) -> None:
    assert refusal(name).startswith('rig "')


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "9" * 5000, "a = \x01", 'a = ["\\u0000"]', "x" * 1_100_000],
    ids=["deep", "digits", "control", "NUL", "large"],
)
def test_hostile_text_is_refused_without_a_traceback(text: str, faults_of: FaultsOf) -> None:
    assert faults_of(text)[0].startswith("rigs/mine.toml:")
