"""Every key of a TOML text is found in its line, however it is written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from hil import shipped
from hil.rig.locate import Where, locate

ODD = '''\
# a comment = with an equals sign
title = "a # that is no comment, a ] and a }"  # one that is
"quoted key" = 'literal \\'
a.b . "c.d" = 1

[ table . "sub table" ]   # header
text = """
[not.a.header]
not_a_key = 1 \\"""
"""
raw = \'\'\'
it''s\'\'\'
list = [ # comment with ]
  1, "two, three",
  { x = 1, y.z = [2, 3] },
]   # end
inline = { p = { q = "}" }, r = 2026-01-01T00:00:00Z }

[[things]]
n = 1
[things.inner]
deep = true
[[things]]
n = 2
[[things.more]]
m = 1.5
[last]
end = -inf'''


def places(value: Any, where: Where = ()) -> Iterator[Where]:
    yield from [where] if where else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*where, key))


def test_every_value_of_an_odd_text_has_a_line() -> None:
    lines = locate(ODD).lines

    assert [where for where in places(tomllib.loads(ODD)) if where not in lines] == []


@pytest.mark.parametrize("kind", ["rigs", "plans"])
def test_every_value_of_the_shipped_files_has_a_line(kind: Any) -> None:
    for name in shipped.names(kind):
        text = shipped.find(kind, name).read_text()
        assert set(places(tomllib.loads(text))) == set(locate(text).lines)


LINES = {
    ("title",): 2, ("quoted key",): 3, ("a", "b", "c.d"): 4, ("table", "sub table"): 6, ("table", "sub table", "raw"): 11,
    ("table", "sub table", "list", 2, "y", "z", 1): 15, ("table", "sub table", "inline", "p", "q"): 17,
    ("things", 0, "n"): 20, ("things", 0, "inner", "deep"): 22, ("things", 1, "n"): 24, ("things", 1, "more", 0, "m"): 26,
    ("last", "end"): 28,
}  # fmt: skip


@pytest.mark.parametrize("where", LINES, ids=str)
def test_the_line_is_the_right_one(where: Where) -> None:
    assert locate(ODD).lines[where] == LINES[where]


def test_a_key_written_twice_is_noticed() -> None:
    assert locate("[a]\nx = 1\ny = 2\nx = 3\n").twice == ((("a", "x"), 2, 4),)


def test_a_table_that_is_reopened_by_a_sub_table_is_not_twice() -> None:
    assert locate("[a.b]\nx = 1\n[a]\ny = 2\n").twice == ()


@pytest.mark.parametrize("text", ["", "=", "[", "a = ", 'a = "', "a = {", "[[", "a = [" * 5000, "\x00", '"""', "a.b.c"])
def test_nonsense_is_survived(text: str) -> None:
    assert isinstance(locate(text).lines, dict)
