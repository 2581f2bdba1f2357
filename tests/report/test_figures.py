"""Digits follow from U, and what is shown never contradicts the verdict."""

import math

import pytest

from hil.report.figures import clock, duration, figures, rounded_up, short
from hil.report.pdfview import narrow


def test_value_and_limits_are_shown_to_the_place_of_u():
    shown = figures(56.02291, 0.0017, 56.01169, 56.03411)
    assert (shown.value, shown.U, shown.limits) == ("56.0229", "0.0034", "56.0117 .. 56.0341")


@pytest.mark.parametrize(
    ("expanded", "text"),
    [(0.00341, "0.0035"), (0.0034, "0.0034"), (0.0996, "0.10"), (0.1 * 3, "0.30"), (9.99, "10"), (8642.0, "8700"), (1e-9, "0.0000000010")],
)
def test_u_is_rounded_up_to_two_digits(expanded, text):
    assert rounded_up(expanded)[1] == text


def test_a_value_just_outside_is_shown_outside():
    shown = figures(14.35641, 0.0004, 14.35, 14.35638)
    assert float(shown.value) > float(shown.upper)


def test_a_value_on_the_limit_is_not_shown_beyond_it():
    shown = figures(0.12345, 0.01, None, 0.12345)
    assert float(shown.value) <= float(shown.upper)


def test_two_limits_are_never_shown_as_one():
    shown = figures(10.0, 0.5, 9.999, 10.001)
    assert shown.lower != shown.upper


def test_what_is_shown_is_on_the_side_of_the_limits_where_the_value_is():
    for seed in range(200):
        value = math.sin(seed * 12.9898) * 10.0 ** (seed % 7)
        u, upper = abs(value) * 10.0 ** -(seed % 5 + 1), value * (1 + math.cos(seed * 78.233) * 1e-5)
        shown = figures(value, u, None, upper)
        assert (float(shown.value) > float(shown.upper)) == (value > upper), seed


def test_counts_have_no_uncertainty_and_one_sided_limits_are_words():
    assert figures(0.0, 0.0, None, 0.0).limits == "at most 0"
    assert figures(47.06, 0.001, 47.0, None).limits == "at least 47"
    assert (figures(3.0).value, figures(3.0).U, figures(3.0).limits) == ("3", "", "")


@pytest.mark.parametrize(
    ("value", "u", "upper"),
    [
        (120.0000000001, 0.0, 120.0),
        (1000000.0000001, 0.0, 1e6),
        (120.00000000000003, 0.1, 120.0),
        (120.0 + 1e-9, 10.0, 120.0),
        (1e-40, 1.0, 0.0),
    ],
)
def test_a_hair_outside_is_outside_on_paper_with_any_uncertainty(value, u, upper):
    shown = figures(value, u, -1.0, upper)
    assert float(shown.value) > float(shown.upper)
    _, beside, limit = narrow(shown)
    assert float(beside) > float(limit)


@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, 1e-300, 1.0, 1e17, 1e300])
@pytest.mark.parametrize("u", [0.0, 1e-300, 1e-18, 1e5, 1e297, 1e308])
def test_any_number_finds_room(value, u):
    shown = figures(value, u, 0.0, 1.5e300)
    assert all(len(text) <= 26 for text in (shown.value, shown.U, shown.lower, shown.upper)), shown
    assert shown.value != "-0"


def test_what_is_no_number_is_said_in_words():
    assert figures(math.nan, 0.1, 0.0, 1.0).value == "not a number"
    assert figures(1.0, math.inf).U == "infinite"


def test_exact_values_have_no_needless_digits():
    assert [short(value) for value in (450e6, 0.1 + 0.2, 14.26, None)] == ["450000000", "0.3", "14.26", ""]


def test_times_are_for_reading():
    assert [duration(s) for s in (0.92, 9.96, 47.2, 224, 3900, None)] == [
        "0.9 s",
        "10 s",
        "47 s",
        "3 min 44 s",
        "1 h 05 min",
        "unknown time",
    ]
    assert [clock(s) for s in (41, 224, 3824)] == ["00:41", "03:44", "1:03:44"]
