"""From observed facts to a named cause: the table of causes, and who is blamed."""

import pytest

from hil.checks.diagnosis import Diagnosed, UnitFault, blame, causes, diagnose, holds

GROUPS = ("roles", "pair", "trigger", "light", "strobe", "wiring")

QUIET = {
    "source": "source",
    "sink": "sink",
    "source_host": "pi-a",
    "sink_host": "pi-b",
    "source_silent": False,
    "source_runs": True,
    "sink_silent": True,
    "sink_runs_alone": False,
    "wires": "XVS",
}
DEAF = {"camera": "gs", "silent": True, "mode_reads_back": True, "mode_read": 1, "alive": True, "needs_r11_removed": True}


def named(group, **facts):
    found = diagnose(group, facts, ["what was seen"])
    return found.cause if found else None


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"clock_at_source": True, "clock_at_sink": True}, "XVS wire open"),
        ({"clock_at_source": True, "clock_at_sink": False}, "ground open between the Pis"),
        ({"clock_at_source": True, "clock_at_sink": True, "gs": True}, "XVS or XHS wire open"),
        ({}, "no pulse reaches the sink"),
        ({"sink_silent": False, "sink_runs_alone": True, "gs": True}, "MAS pad open"),
        ({"sink_silent": False, "sink_late": True, "sink_skips": False, "missed_first": 19}, "source started first"),
        ({"sink_silent": False, "sink_skips": True, "skip": "second"}, "sink's frame too long"),
        ({"sink_silent": False, "clock_wired": True, "clock_at_sink": False}, "clock wire open"),
        ({"sink_silent": False}, None),
    ],
)
def test_what_two_cameras_show_names_one_cause(facts, cause):
    assert named("pair", **QUIET | facts) == cause


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"pad_swings": True}, "R11 still fitted"),
        ({"pad_swings": True, "needs_r11_removed": False}, "camera does not answer its trigger"),
        ({"pad_swings": False}, "XTR does not swing"),
        ({}, "no triggered frame"),
        ({"silent": False, "regular_loss": True, "pulses_sent": True, "every": "second"}, "every n-th pulse ignored"),
        ({"silent": False, "gave_up": True}, "capture given up too early"),
        ({"silent": False, "regular_loss": False, "lossy": True, "missed": 3, "pulses": 60}, "pulses lost"),
    ],
)
def test_what_triggered_frames_show_names_one_cause(facts, cause):
    assert named("trigger", **DEAF | facts) == cause


def test_what_nobody_could_observe_fulfils_neither_a_condition_nor_its_opposite():
    assert not holds("clock_at_sink", {})
    assert not holds("!clock_at_sink", {"clock_at_sink": None})
    assert holds("!clock_at_sink", {"clock_at_sink": False})


def test_only_what_was_observed_is_ruled_out():
    with_meter = diagnose("trigger", DEAF | {"pad_swings": True}, [])
    without = diagnose("trigger", DEAF, [])
    assert len(with_meter.so_not) == 3
    assert without.so_not == ("trigger_mode (reads back 1)", "the ribbon (it runs free)")


@pytest.mark.parametrize("group", GROUPS)
def test_every_cause_has_a_sentence_a_next_step_and_conditions(group):
    for cause in causes(group):
        assert cause.when
        assert cause.says
        assert cause.do


def test_a_unit_is_blamed_only_where_every_part_concerned_is_under_test():
    fault = diagnose("trigger", DEAF | {"pad_swings": True}, [])
    assert isinstance(blame(fault, ["gs"]), UnitFault)
    assert isinstance(blame(fault, ["other"]), Diagnosed)


def test_a_cause_in_the_rig_is_never_a_failed_unit():
    fault = diagnose("pair", QUIET | {"clock_at_source": True, "clock_at_sink": True}, [])
    error = blame(fault, ["source", "sink"])
    assert isinstance(error, Diagnosed)
    assert error.cause == "XVS wire open"
