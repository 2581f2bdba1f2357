"""Plans: the shipped ones, and what the author of one reads after a mistake."""

from __future__ import annotations

import pickle
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from hil import shipped
from hil.errors import UserError
from hil.rig import LimitOverride, load_plan
from hil.rig.plan import CHARACTERISTICS

PlanFaultsOf = Callable[[str], list[str]]

MINE = """\
name = "mine"
version = 1
budget_s = 45
[checks]
identity = { on_fail = "stop" }
frame_rate = { modes = ["2028x1080"], frames = 200 }
[limits]
frame_rate = { within = [49, 51], rule = "guard" }
"""


def test_three_plans_are_shipped_and_quick_is_the_default() -> None:
    assert shipped.names("plans") == ("full", "line", "quick")
    assert load_plan().label == "quick/2"


@pytest.mark.parametrize("name", ["quick", "full", "line"])
def test_a_shipped_plan_has_its_file_s_name_and_a_title(name: str) -> None:
    plan = load_plan(name)

    assert plan.name == name
    assert plan.title
    assert plan.budget_s > 0


def test_options_come_with_their_defaults() -> None:
    assert load_plan("quick").checks["frame_rate"] == {"on_fail": "go on", "modes": "all", "frames": 90, "rates": (1.0,), "rates_hz": ()}


def test_full_asks_for_the_longest_exposure_of_any_sensor() -> None:
    assert load_plan("full").checks["exposure"]["longest_s"] > 650


def test_checks_keep_the_order_of_the_file() -> None:
    assert list(load_plan("line").checks) == ["identity", "frame_rate", "exposure", "sync"]


def test_a_limit_of_the_plan_replaces_the_usual_one() -> None:
    limit = load_plan("line").limits["sync_offset_us"]

    assert limit == LimitOverride(within=(-30.0, 30.0), rule="guard")
    assert (limit.lower, limit.upper) == (-30.0, 30.0)


def test_a_plan_is_plain_data_that_travels() -> None:
    assert pickle.loads(pickle.dumps(load_plan("line"))) == load_plan("line")


def test_a_plan_s_hash_is_of_what_it_says_not_how(tmp_path: Path) -> None:
    plan = load_plan("line")
    same, other = tmp_path / "same.toml", tmp_path / "other.toml"
    same.write_text(plan.text.replace("budget_s = 45 ", "budget_s = 45.0") + "# a comment\n")
    other.write_text(plan.text.replace("frames = 200", "frames = 201"))

    assert load_plan(same).sha256 == plan.sha256
    assert load_plan(other).sha256 != plan.sha256


def test_every_characteristic_with_a_limit_may_be_overridden() -> None:
    limits = tomllib.loads((resources.files("hil.judge") / "limits.toml").read_text())

    assert {name for name, limit in limits.items() if isinstance(limit, dict)} <= set(CHARACTERISTICS)


def test_a_limit_goes_by_its_name_with_or_without_the_unit(plan_faults_of: PlanFaultsOf) -> None:
    assert plan_faults_of(MINE + "frame_jitter_us = { at_most = 50 }\nexposure_nonlinearity = { at_most = 1 }\n") == []


def test_an_unknown_plan_names_the_nearest() -> None:
    with pytest.raises(
        UserError, match=r'plan "quik": no plan has this name, and no file here\n  found  .*\n  try    did you mean "quick"\?'
    ):
        load_plan("quik")


FAULTS = {
    "check": ("identity", "idntity", '5  [checks] idntity: no such check; did you mean "identity"?  ([checks] has: identity, modes, '),
    "option": ("frames", "frams", '6  [checks] frame_rate.frams: no such option; did you mean "frames"?  (this check has: on_fail, modes,'),
    "on_fail": ('"stop"', '"halt"', '5  [checks] identity.on_fail: "halt"; write "stop" or "go on"'),
    "check as truth": (
        '{ on_fail = "stop" }',
        "true",
        '5  [checks] identity: true is a truth value; write a table: identity = { on_fail = "go on" }',
    ),
    "mode": (
        '"2028x1080"',
        '"1080p"',
        '6  [checks] frame_rate.modes: "1080p" is not a mode; write "2028x1080", "2304x1296 HDR" or, with its bits',
    ),
    "mode twice": ('"2028x1080"', '"2028x1080", "2028x1080"', '6  [checks] frame_rate.modes: "2028x1080" is in the list twice'),
    "selection": (
        '["2028x1080"]',
        '"fast"',
        '6  [checks] frame_rate.modes: "fast"; write "all", "fastest" or a list such as ["2028x1080"]; did you',
    ),
    "few frames": ("200", "3", "6  [checks] frame_rate.frames: 3; must be at least 10"),
    "frames as text": ("200", '"200"', '6  [checks] frame_rate.frames: "200" is text; write 200'),
    "half a frame": ("200", "20.5", "6  [checks] frame_rate.frames: 20.5 is not a whole number; write 200"),
    "rates": ("200", "200, rates = [2]", "6  [checks] frame_rate.rates: 2; a part of the mode's fastest rate is above 0 and at most 1"),
    "characteristic": (
        "frame_rate = { within",
        "frame_rat = { within",
        '8  [limits] frame_rat: no such characteristic; did you mean "frame_rate"?',
    ),
    "order": ("[49, 51]", "[51, 49]", "8  [limits] frame_rate: within = [51, 49]; the lower bound comes first"),
    "one bound": ("[49, 51]", "[49]", "8  [limits] frame_rate.within: 1 in the list; write 2 numbers"),
    "infinite": ("[49, 51]", "[49, inf]", "8  [limits] frame_rate.within: every number must be finite"),
    "both": ("within = [49, 51]", "at_least = 49, at_most = 51", "8  [limits] frame_rate: both at_least and at_most; write within ="),
    "rule": (
        '"guard"',
        '"gard"',
        '8  [limits] frame_rate.rule: "gard" is not a decision rule; write "simple", "guard", "guard 0.82" or "nonbinary"',
    ),
    "says nothing": (
        '{ within = [49, 51], rule = "guard" }',
        "{}",
        "8  [limits] frame_rate: says nothing; write within = [lowest, highest],",
    ),
    "version": ("version = 1", "version = 0", "2  version: 0; must be at least 1"),
    "budget": ("budget_s = 45", "budget_s = -1", "3  budget_s: -1; must be more than 0"),
    "no budget": ("budget_s = 45\n", "", "1  budget_s: missing; write budget_s = 45"),
    "no checks": (
        MINE[MINE.index("[checks]") : MINE.index("[limits]")],
        "[checks]\n",
        "4  [checks] is empty; a plan has at least one check, for",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_mistake_in_a_plan_is_told_in_one_line(case: str, plan_faults_of: PlanFaultsOf) -> None:
    wrong, put, message = FAULTS[case]

    (fault,) = plan_faults_of(MINE.replace(wrong, put, 1))

    assert fault.startswith(f"mine.toml:{message}")


@pytest.mark.parametrize("rule", ["simple", "guard", "guard 0.82", "guard 1", "nonbinary"])
def test_every_decision_rule_may_be_asked_for(rule: str, plan_faults_of: PlanFaultsOf) -> None:
    assert plan_faults_of(MINE.replace('within = [49, 51], rule = "guard"', f'rule = "{rule}"')) == []
