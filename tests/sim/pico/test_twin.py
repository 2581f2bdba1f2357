"""The Pico in the twin of a shipped rig: on its real wires, beside its camera."""

import contextlib

import pytest

from hil.bench import open_rig, open_twin
from hil.drivers.pico import PicoAbsent, Train
from hil.rig import load

XTR = "pico.GP28"


@pytest.fixture
def opened():
    with contextlib.ExitStack() as stack:

        def open_one(*changes, seed=0):
            rig = load("gs-trigger")
            twin = open_twin(rig, seed, changes)
            stack.callback(twin.close)
            return twin, stack.enter_context(open_rig(rig, twin=twin))

        yield open_one


def test_the_divider_holds_xtr_low_until_boot_and_at_1v8_from_then_on():
    with contextlib.closing(open_twin(load("gs-trigger"), 0)) as twin:
        twin.wires.power("gs", on=True)
        levels = [twin.wires.volts("gs.XTR")]
        twin.wires.watch("gs.XTR", lambda t_ns, volts: levels.append((t_ns, volts)))
        twin.world.sleep(1.0)
    assert levels[0] < 0.3
    assert levels[1] == (pytest.approx(twin.picos["pico"].true.boot_us * 1000, rel=1e-4), pytest.approx(1.8, abs=0.06))
    assert levels[-1][1] == pytest.approx(1.8, abs=0.06)


def test_the_bench_hands_it_out_and_leaves_it_idle(opened):
    twin, bench = opened()
    bench.picos["pico"].trigger(Train(XTR, 1_000, 20_000))
    bench.clock.sleep(0.5)
    bench.close()
    edges = []
    twin.wires.watch(XTR, lambda t_ns, volts: edges.append(volts))
    twin.world.sleep(1.0)
    assert edges == []
    assert twin.wires.volts(XTR) > 3.0


def test_its_converter_reads_xtr_through_the_rigs_own_wire(opened):
    twin, bench = opened()
    read = bench.picos["pico"].adc_v("pico.GP26")
    assert abs(read.value - twin.wires.volts("gs.XTR")) < 2 * read.u


def test_one_that_is_not_plugged_in_is_the_rigs_fault(opened):
    with pytest.raises(PicoAbsent):
        opened("picos.pico.present=false")


def test_the_same_seed_gives_the_same_edges(opened):
    def edges(seed):
        twin, bench = opened(seed=seed)
        seen = []
        twin.wires.watch(XTR, lambda t_ns, volts: seen.append((t_ns, volts)))
        bench.picos["pico"].trigger(Train(XTR, 1_000, 20_000, 20, mark=3, mark_gap_us=70_000))
        bench.picos["pico"].wait_done()
        bench.close()
        twin.close()
        return seen

    first = edges(5)
    assert len(first) == 40
    assert edges(5) == first
    assert edges(6) != first
