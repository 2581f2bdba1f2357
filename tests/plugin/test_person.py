"""The fixture `person`: whoever is at the bench, or the twin's."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def run(pytester):
    def run_file(text, *args):
        pytester.makepyfile(test_mine=text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", *args)

    return run_file


def test_a_test_asks_a_person_and_the_record_keeps_the_answer(run, pytester):
    result = run(
        """
        from hil.rig.tasks import Volts

        def test_the_wire_rests_high(person, measure):
            person.ask_ready("put the cap on")
            volts = person.ask_number(Volts("source.XVS", "source.GND"), "V")
            measure(volts, name="level_idle", at_least=1.26)
        """,
        "--rig", "hq-pair-pi5", "--sim", "--report", "out",
    )  # fmt: skip
    result.assert_outcomes(passed=1)
    record = next((pytester.path / "out").rglob("record.json")).read_text()
    assert "put the cap on: done" in record
    assert "red on source.XVS, black on source.GND: 1.7" in json.dumps(json.loads(record))


def test_without_a_terminal_nobody_can_be_asked(monkeypatch, tmp_path):
    from hil.errors import UserError
    from hil.plugin import people

    monkeypatch.setattr(people, "TERMINAL", str(tmp_path / "none"))
    with pytest.raises(UserError, match="no terminal"):
        people.AtTerminal().ask_ready("put the cap on")


def test_a_terminal_is_asked_past_pytests_own_capture(monkeypatch):
    import os
    import pty

    from hil.plugin import people

    master, slave = pty.openpty()
    monkeypatch.setattr(people, "TERMINAL", os.ttyname(slave))
    os.write(master, b"1.78\n")
    assert people.AtTerminal().ask_number("the voltage", "V") == 1.78
    os.close(master)
    os.close(slave)
