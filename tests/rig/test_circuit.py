"""The circuit: which pins are one, and the levels that one can work out on paper."""

from __future__ import annotations

import pytest

from hil.rig.circuit import Circuit, Clamp, Drive
from hil.rig.wiring import parse

XVS = {
    "GND": "source.GND -- sink.GND -- pi-a.GND -- pi-b.GND",
    "XVS": "source.XVS -- sink.XVS",
    "bias": "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND",
}
XTR = {"GND": "pico.GND -- gs.GND", "XTR": "gs.XTR -- pico.GP26", "pulse": "pico.GP28 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- pico.GND"}
PAIR = {"clock": "pi-a.GPIO17 -- R3 1k 5% -- pi-a.GPIO27 -- pi-b.GPIO27", "flash": "pi-a.GPIO22 -- R4 150 -- LED1 yellow -- pi-a.GND"}
RIBBONS = [("source.GND", "pi-a.GND"), ("sink.GND", "pi-b.GND")]


def circuit(lines: dict[str, str], values: dict[str, float] | None = None, ribbons: list[tuple[str, str]] | None = None) -> Circuit:
    return Circuit([parse(name, text) for name, text in lines.items()], values, ribbons or [])


def test_the_page_s_divider_holds_xvs_at_1_650_v_behind_5_kohm() -> None:
    made = circuit(XVS)

    assert made.solve({}).volts["sink.XVS"] == pytest.approx(1.650, abs=5e-4)
    assert made.thevenin_ohms("sink.XVS") == pytest.approx(5_000, rel=1e-3)
    assert made.solve({}).through["R1"] == pytest.approx(165e-6, rel=1e-3)


@pytest.mark.parametrize(("percent", "low", "high"), [(1, 1.6335, 1.6665), (5, 1.5675, 1.7325)])
def test_tolerances_move_xvs_as_far_as_paper_says(percent: float, low: float, high: float) -> None:
    r1, r2 = 10_000 * (1 + percent / 100), 10_000 * (1 - percent / 100)

    assert circuit(XVS, {"R1": r1, "R2": r2}).solve({}).volts["XVS"] == pytest.approx(low, abs=1e-3)
    assert circuit(XVS, {"R1": r2, "R2": r1}).solve({}).volts["XVS"] == pytest.approx(high, abs=1e-3)


@pytest.mark.parametrize(("r1", "r2", "volts"), [(1500, 1800, 1.800), (1515, 1782, 1.784), (1485, 1818, 1.816), (1575, 1710, 1.718)])
def test_the_page_s_divider_makes_1_8_v_of_a_pulse(r1: float, r2: float, volts: float) -> None:
    solved = circuit(XTR, {"R1": r1, "R2": r2}).solve({"pico.GP28": [Drive(3.3, 0)]})

    assert solved.volts["gs.XTR"] == pytest.approx(volts, abs=6e-4)


@pytest.mark.parametrize(("amperes", "volts"), [(78e-6, 1.26), (42e-6, 1.44)])
def test_a_load_pulls_xvs_down_as_paper_says(amperes: float, volts: float) -> None:
    load = [Drive(volts - 1000 * amperes, 1000)]

    solved = circuit(XVS).solve({"sink.XVS": load})

    assert solved.volts["XVS"] == pytest.approx(volts, abs=2e-3)
    assert solved.current("sink.XVS") == pytest.approx(amperes, rel=0.02)


def test_a_camera_without_supply_clamps_xvs_to_0_6_v() -> None:
    solved = circuit(XVS).solve({"source.XVS": [Clamp(0.6, 100)]})

    assert solved.volts["sink.XVS"] == pytest.approx(0.62, abs=0.01)
    assert solved.current("source.XVS") == pytest.approx(0.2e-3, rel=0.05)


def test_xtr_high_pushes_1_3_ma_into_a_camera_without_supply() -> None:
    solved = circuit(XTR).solve({"pico.GP28": [Drive(3.3, 40)], "gs.XTR": [Clamp(0.6, 100)]})

    assert solved.current("gs.XTR") == pytest.approx(1.3e-3, rel=0.1)


def test_a_clamp_takes_nothing_below_its_voltage() -> None:
    solved = circuit(XTR).solve({"pico.GP28": [Drive(0.5, 0)], "gs.XTR": [Clamp(0.6, 100)]})

    assert solved.current("gs.XTR") == 0


def test_an_led_takes_what_its_resistor_leaves() -> None:
    solved = circuit(PAIR).solve({"pi-a.GPIO22": [Drive(3.3, 40)]})

    assert solved.through["LED1"] == pytest.approx((3.3 - 1.9) / (40 + 150 + 10), rel=1e-3)


def test_an_led_the_wrong_way_round_takes_nothing() -> None:
    made = circuit({"flash": "pi-a.GND -- LED1 yellow -- R4 150 -- pi-a.GPIO22"})

    assert made.solve({"pi-a.GPIO22": [Drive(3.3, 40)]}).through["LED1"] == 0


def test_wire_joins_and_parts_do_not() -> None:
    made = circuit(PAIR)

    assert made.connected("pi-a.GPIO27", "pi-b.GPIO27")
    assert not made.connected("pi-a.GPIO17", "pi-a.GPIO27")
    assert made.pins_with("pi-b.GPIO27") == ("pi-a.GPIO27", "pi-b.GPIO27")
    assert made.pins_with("pico.GP3") == ("pico.GP3",)


def test_boards_without_common_ground_see_nothing_of_each_other() -> None:
    apart = circuit({**PAIR, "XVS": XVS["XVS"]}, ribbons=RIBBONS)

    solved = apart.solve({"pi-a.GPIO17": [Drive(3.3, 40)], "pi-b.GPIO27": [Drive(0, 50_000)], "sink.XVS": [Drive(1.8, 50_000)]})

    assert (apart.same_ground("source", "pi-a"), apart.same_ground("source", "sink")) == (True, False)
    assert solved.volts["pi-a.GPIO27"] == pytest.approx(3.3)
    assert (solved.volts["pi-b.GPIO27"], solved.volts["sink.XVS"]) == (0, pytest.approx(1.8))


def test_what_nothing_holds_floats() -> None:
    solved = circuit({"XVS": XVS["XVS"]}, ribbons=RIBBONS).solve({})

    assert {"source.XVS", "sink.XVS"} <= solved.floating
    assert solved.volts["sink.XVS"] == 0


@pytest.mark.parametrize(
    ("values", "volts"), [({"R1": float("inf")}, 0.0), ({"R2": float("inf")}, 3.3), ({"R1": 0.0}, 3.3), ({"R2": 0.0}, 0.0)]
)
def test_an_open_or_bridged_resistor_shows_on_its_net(values: dict[str, float], volts: float) -> None:
    assert circuit(XVS, values).solve({}).volts["sink.XVS"] == pytest.approx(volts, abs=1e-3)


def test_a_supply_may_be_switched_off() -> None:
    assert circuit(XVS).solve({"pi-a.3V3": ()}).volts["XVS"] == 0


def test_a_capacitor_passes_no_direct_current() -> None:
    assert circuit({"line": "pi-a.3V3 -- C1 100n -- pi-a.GPIO2 -- R1 1k -- pi-a.GND"}).solve({}).volts["pi-a.GPIO2"] == 0


def test_a_pin_that_is_not_wired_has_its_own_level() -> None:
    assert circuit(XVS).solve({"pi-a.GPIO5": [Drive(3.3, 50_000)]}).volts["pi-a.GPIO5"] == pytest.approx(3.3)
