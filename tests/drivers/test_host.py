"""A host's tools, as they answer on the machine itself."""

from hil.drivers.host import LocalHost


def test_what_a_tool_prints_need_not_be_text():
    assert LocalHost("pi5").run(["printf", r"a monitor called \377"]).stdout == "a monitor called \N{REPLACEMENT CHARACTER}"
