"""Wires: levels from what is really soldered, edges to whoever watches, the same in every process."""

import pytest

from hil.rig.electrical import facts
from hil.rig.spec import TwinCamera, TwinHost, TwinShifter, TwinSpec, TwinStrobe
from hil.rig.wiring import parse
from hil.sim import soldered
from hil.sim.led import Rows
from hil.sim.wires import OVDD_V, Wires
from hil.sim.world import World

GROUND = "source.GND -- sink.GND -- pi-a.GND -- pi-b.GND"
BIAS = "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- GND"


def pair(seed=1, *, always_on=False, world=None, shifters=(), strobe=None, **lines):
    """Wires of two HQ Cameras on two Pis; XVS and ground are joined."""
    given = {"GND": GROUND, "XVS": "source.XVS -- sink.XVS"} | lines
    wiring = tuple(parse(name, text) for name, text in given.items() if text)
    cameras = tuple(TwinCamera(name, host, "CAM1", "HQ Camera (CS)", "", 0, always_on=always_on) for name, host in CAMERAS)
    hosts = (TwinHost("pi-a", "Raspberry Pi 4"), TwinHost("pi-b", "Raspberry Pi 4"))
    return Wires(world or World(seed), TwinSpec("pair", hosts, cameras, wiring=wiring, shifters=shifters, strobe=strobe), seed)


CAMERAS = (("source", "pi-a"), ("sink", "pi-b"))


def test_unpowered_cameras_clamp_the_wire_and_powered_ones_let_it_go():
    wires = pair(bias=BIAS)
    clamped = wires.volts("source.XVS")

    wires.power("source", on=True)
    half = wires.volts("source.XVS")
    wires.power("sink", on=True)

    assert 0.4 < clamped < 0.75
    assert 0.4 < half < 0.75
    assert wires.volts("sink.XVS") == pytest.approx(1.65, abs=0.03)


def test_one_unpowered_camera_keeps_a_shared_trigger_from_ever_being_high():
    lines = {"XTR": "source.XTR -- sink.XTR", "pulse": "pi-a.GPIO5 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- GND"}
    wires = pair(**lines)
    wires.drive("pi-a.GPIO5", 3.3)

    wires.power("source", on=True)
    clamped = wires.volts("source.XTR")
    wires.power("sink", on=True)

    assert clamped < 1.26
    assert wires.volts("source.XTR") == pytest.approx(1.78, abs=0.04)


def test_always_on_cameras_hold_the_wire_weakly_at_their_supply():
    wires = pair(always_on=True)
    assert wires.volts("sink.XVS") == pytest.approx(1.8, abs=0.01)

    wires.drive("source.XVS", 0.0, 100.0)
    assert wires.volts("sink.XVS") < 0.01
    wires.drive("source.XVS", None)
    assert wires.volts("sink.XVS") == pytest.approx(1.8, abs=0.01)


def test_whoever_watches_is_told_the_level_after_every_change_and_of_nothing_else():
    wires, told = pair(always_on=True, clock="pi-a.GPIO17 -- R3 1k 5% -- pi-b.GPIO27"), []
    wires.watch("pi-b.GPIO27", lambda t_ns, volts: told.append((t_ns, round(volts, 2))))

    for level in (3.3, 3.3, 0.0):
        wires.drive("pi-a.GPIO17", level)
    wires.drive("source.XVS", 0.0)

    assert told == [(0, 3.3), (0, 0.0)]


def test_boards_without_a_common_ground_see_nothing_of_each_other():
    wires, told = pair(always_on=True, GND="source.GND -- pi-a.GND"), []
    wires.watch("sink.XVS", lambda *edge: told.append(edge))

    wires.drive("source.XVS", 0.0, 100.0)

    assert wires.volts("source.XVS") < 0.01
    assert told == []
    assert wires.joined("sink.XVS") == ()


def test_a_ribbon_cable_is_a_ground_wire():
    wires = pair(GND="pi-a.GND -- pi-b.GND", always_on=True)

    wires.drive("source.XVS", 0.0, 100.0)

    assert wires.volts("sink.XVS") < 0.01
    assert wires.joined("sink.XVS") == ("source.XVS",)


def test_a_watcher_may_drive_a_pin_in_turn():
    wires, told = pair(clock="pi-a.GPIO17 -- pi-b.GPIO27", answer="pi-b.GPIO22 -- pi-a.GPIO23"), []
    wires.watch("pi-b.GPIO27", lambda _, volts: wires.drive("pi-b.GPIO22", volts))
    wires.watch("pi-a.GPIO23", lambda _, volts: told.append(volts))

    wires.drive("pi-a.GPIO17", 3.3)

    assert told == [pytest.approx(3.3)]


def test_resistors_are_true_within_their_tolerance_and_differ_by_seed():
    def ratio(seed):
        wires = pair(seed, bias=BIAS, always_on=True)
        wires.power("source", on=True)
        return wires.volts("sink.XVS")

    levels = {ratio(seed) for seed in range(20)}

    assert len(levels) == 20
    assert 1.63 < min(levels) < max(levels) < 1.68


def test_a_resistor_that_was_broken_on_purpose_stays_broken():
    broken = soldered.resistors(1, (parse("bias", BIAS),))

    assert broken["R1"] == pytest.approx(10_000, rel=0.01)
    assert broken["R1"] != broken["R2"]


def test_a_shifter_lifts_a_level_over_its_threshold_to_3_3_v():
    lines = {"XVS": "source.XVS -- sink.XVS -- up.IN", "GND": f"{GROUND} -- up.GND", "read": "up.OUT -- pi-b.GPIO5"}
    wires = pair(always_on=True, shifters=(TwinShifter("up", "shifter", 0.9),), **lines)
    wires.drive("source.XVS", 1.8, 100.0)
    assert wires.volts("pi-b.GPIO5") == pytest.approx(3.3, abs=0.01)

    wires.drive("source.XVS", 0.0, 100.0)
    assert wires.volts("pi-b.GPIO5") == pytest.approx(0.0, abs=0.01)


def test_two_sources_against_each_other_leave_a_level_between():
    wires = pair(always_on=True)

    wires.drive("source.XVS", 0.0, 100.0)
    wires.drive("sink.XVS", 1.8, 100.0)

    assert wires.volts("sink.XVS") == pytest.approx(0.9, abs=0.01)


def test_the_leds_current_makes_its_flashes():
    world = World(1)
    wires = pair(world=world, flash="pi-a.GPIO22 -- R4 150 5% -- LED1 yellow -- GND", strobe=TwinStrobe("pi-a.GPIO22", ("source",)))
    world.at(1000, wires.drive, "pi-a.GPIO22", 3.3)
    world.at(3000, wires.drive, "pi-a.GPIO22", 0.0)
    world.sleep_until(5000)

    (pulse,) = wires.flashes.on(Rows(0, 5000, 0, 5000))

    assert (pulse.start_ns, pulse.stop_ns) == (1000, 3000)
    assert pulse.lux > 10_000


class Told:
    """The exchange of two worlds, as the link between processes makes it."""

    def __init__(self):
        self.others, self.hearers = [], {}

    def tell(self, topic, payload):
        for other in self.others:
            other.hearers[topic](payload)

    def hear(self, topic, hearer):
        self.hearers[topic] = hearer


def test_every_process_keeps_the_same_wires():
    worlds = World(1), World(1)
    for world in worlds:
        world.exchange = Told()
    worlds[0].exchange.others, worlds[1].exchange.others = [worlds[1].exchange], [worlds[0].exchange]
    here, there = (pair(world=world, bias=BIAS) for world in worlds)

    here.power("source", on=True)
    there.power("sink", on=True)
    here.drive("source.XVS", 0.3, 200.0)

    assert here.volts("sink.XVS") == there.volts("sink.XVS") == pytest.approx(0.35, abs=0.05)


def test_a_powered_pad_holds_what_lifts_it_by_the_diode_that_clamps_it_unpowered():
    wires = pair(bias=BIAS.replace(" -- R2 10k 1% -- GND", ""))
    clamped = wires.volts("source.XVS")

    wires.power("source", on=True)
    wires.power("sink", on=True)

    assert wires.volts("source.XVS") - clamped == pytest.approx(OVDD_V, abs=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_the_pads_of_the_twin_are_within_what_the_electrical_rules_assume(seed):
    pad = soldered.pads(seed, "source")

    assert facts.PAD_DIODE_V.low < pad.clamp_v < facts.PAD_DIODE_V.high
    assert facts.PAD_DIODE_OHMS.low <= pad.clamp_ohms < facts.PAD_DIODE_OHMS.high
    assert facts.PAD_PULL_UP.ohms.low < pad.pull_up_ohms < facts.PAD_PULL_UP.ohms.high
    assert facts.PAD_SUPPLY_V.low < OVDD_V < facts.PAD_SUPPLY_V.high
