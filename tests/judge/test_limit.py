"""Limits as data, and what a plan may put in their place."""

from dataclasses import dataclass, field

import pytest

from hil.errors import UserError
from hil.judge import Limit, Rule, with_plan
from hil.judge.limits import characteristic, characteristics, sha256, version


@dataclass
class Override:
    within: tuple[float, float] | None = None
    at_least: float | None = None
    at_most: float | None = None
    rule: str | None = None


@dataclass
class Plan:
    limits: dict = field(default_factory=dict)
    name: str = "line"
    version: int = 3


def test_a_plan_replaces_bounds_and_says_what_it_replaced():
    base = Limit(10, 20, "Hz", "driver", "guard", "frame rate")
    limit = with_plan(base, "frame_rate", "Hz", Plan({"frame_rate_hz": Override(within=(12, 18), rule="simple")}))
    assert (limit.lower, limit.upper, limit.rule, limit.title) == (12, 18, "simple", "frame rate")
    assert limit.source == "plan line/3, frame_rate_hz; instead of 10 .. 20 Hz"


def test_a_plan_may_limit_what_is_only_recorded():
    limit = with_plan(None, "frame_jitter", "us", Plan({"frame_jitter_us": Override(at_most=30)}))
    assert (limit.lower, limit.upper, limit.unit, limit.rule) == (None, 30, "us", "guard")


def test_a_plan_may_change_the_rule_alone():
    limit = with_plan(Limit(10, 20, "Hz", "driver"), "frame_rate", "Hz", Plan({"frame_rate": Override(rule="simple")}))
    assert (limit.lower, limit.upper, limit.rule, limit.source) == (10, 20, "simple", "driver; rule of plan line/3, frame_rate")


def test_a_plan_that_says_nothing_changes_nothing():
    base = Limit(10, 20, "Hz")
    assert with_plan(base, "frame_rate", "Hz", Plan()) is base
    assert with_plan(None, "frame_rate", "Hz", Plan()) is None


@pytest.mark.parametrize("text", ["strict", "guard 2", "guard x", "simple 1", "guard 0.8 0.9"])
def test_an_unknown_rule_names_those_that_exist(text):
    with pytest.raises(UserError, match=f'"{text}" is not a decision rule.*\n.*"nonbinary"'):
        Rule.parse(text)


@pytest.mark.parametrize(("lower", "upper"), [(2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_bounds_that_bound_nothing_are_refused(lower, upper):
    with pytest.raises(UserError):
        Limit(lower, upper, "Hz")


def test_limits_read_as_a_person_writes_them():
    assert [str(Limit(*bounds, "Hz")) for bounds in ((1, 2), (2, 2), (None, 2), (1, None), (None, None))] == [
        "1 .. 2 Hz",
        "exactly 2 Hz",
        "at most 2 Hz",
        "at least 1 Hz",
        "no limits",
    ]


def test_the_file_of_limits_is_versioned_and_hashed():
    assert version() >= 1
    assert len(sha256()) == 64


@pytest.mark.parametrize("entry", characteristics().values(), ids=lambda c: c.name)
def test_every_characteristic_has_a_title_a_source_and_bounds_that_work(entry):
    assert entry.title
    assert entry.source
    Rule.parse(entry.rule)
    limit = entry.limit(100.0, span=1.0, extra_ppm=5.0)
    assert (limit is None) == (entry.bounds == "none")
    assert limit is None or (limit.unit, limit.about) == (entry.unit, entry.about)


def test_rounding_of_the_nominal_value_widens_a_limit():
    plain, wide = (characteristic("frame_rate").limit(100.0, extra_ppm=ppm) for ppm in (0.0, 300.0))
    assert (plain.lower, plain.upper) == pytest.approx((99.98, 100.02))
    assert (wide.lower, wide.upper) == pytest.approx((99.95, 100.05))


def test_an_unknown_characteristic_names_those_that_exist():
    with pytest.raises(KeyError, match="frame_rate"):
        characteristic("frame_rat")
