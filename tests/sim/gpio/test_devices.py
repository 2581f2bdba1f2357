"""gpiozero's own device classes, unmodified, on the simulated header."""

import importlib
import time
from itertools import pairwise

import pytest
from header_bench import UPTIME_NS, Bench


def test_an_led_drives_its_wire(bench):
    from gpiozero import LED

    led = LED(17)
    led.on()

    assert bench.wires.volts("pi-b.GPIO27") == pytest.approx(3.2, abs=0.1)
    led.off()
    assert bench.wires.volts("pi-b.GPIO27") == pytest.approx(0.0, abs=1e-3)


def test_an_input_sees_what_is_driven_elsewhere(bench):
    from gpiozero import DigitalInputDevice

    seen = DigitalInputDevice(27, pull_up=None, active_state=True)
    bench.wires.drive("pi-b.GPIO27", 3.3)

    assert seen.is_active


def test_a_pin_keeps_its_level_between_the_thresholds(bench):
    from gpiozero import InputDevice

    pin = InputDevice(27, pull_up=None, active_state=True)
    levels = []
    for volts in (0.0, 1.9, 2.1, 0.9, 0.7):
        bench.wires.drive("pi-b.GPIO27", volts)
        levels.append(pin.value)

    assert levels == [0, 0, 1, 1, 0]


def test_a_net_of_1_65_v_never_reads_high(bench):
    from gpiozero import InputDevice, OutputDevice

    pin, drive = InputDevice(6, pull_up=None, active_state=True), OutputDevice(5)
    drive.on()

    assert bench.wires.volts("pi-a.GPIO6") == pytest.approx(1.65, abs=0.1)
    assert pin.value == 0


def test_a_button_is_pressed_and_calls_back_with_time_standing_still_meanwhile(bench):
    from gpiozero import Button

    button = Button(27, pull_up=False)
    pressed = []
    button.when_pressed = lambda: pressed.append(bench.clock.now_ns() / 1e9)
    bench.play("pi-b.GPIO27", [(0, 0), (50_000_000, 1), (80_000_000, 0)])

    assert button.wait_for_press(1.0)
    bench.clock.sleep(0.1)

    assert len(pressed) == 1
    assert pressed[0] == pytest.approx(UPTIME_NS / 1e9 + 0.05, abs=5e-4)


def test_pulls_hold_an_open_pin(bench):
    from gpiozero import InputDevice

    up, down = InputDevice(23, pull_up=True), InputDevice(24, pull_up=False)

    assert (up.pin.state, down.pin.state) == (True, False)


def test_blinking_takes_simulated_time(bench):
    from gpiozero import LED

    led = LED(17)
    changes = []
    bench.wires.watch("pi-b.GPIO27", lambda t_ns, volts: changes.append((t_ns, volts > 1)))
    led.blink(on_time=0.25, off_time=0.75, n=3, background=False)

    assert [level for _, level in changes] == [True, False] * 3
    assert changes[4][0] - changes[0][0] == pytest.approx(2e9, abs=1e6)


def test_a_blinking_thread_ends_with_the_led(bench):
    from gpiozero import LED

    led = LED(17)
    led.blink(0.01, 0.01)
    bench.clock.sleep(0.1)
    led.close()
    before = bench.wires.volts("pi-b.GPIO27")
    bench.clock.sleep(0.1)

    assert bench.wires.volts("pi-b.GPIO27") == before


def test_pwm_has_its_duty_in_whole_per_cent(bench):
    from gpiozero import PWMLED

    led = PWMLED(17, frequency=1000)
    edges = []
    bench.wires.watch("pi-b.GPIO27", lambda t_ns, volts: edges.append((t_ns, volts > 1)))
    led.value = 0.256
    bench.clock.sleep(0.1)
    high = sum(fall - rise for (rise, up), (fall, _) in pairwise(edges) if up)

    assert high / 1e8 == pytest.approx(0.25, abs=0.01)
    assert led.value == 0.25


def test_pulsing_works_in_the_background(bench):
    from gpiozero import PWMLED

    led = PWMLED(17)
    led.pulse(0.2, 0.2, n=2)
    bench.clock.sleep(0.22)
    brightest = led.value
    bench.clock.sleep(1.0)

    assert brightest > 0.9
    assert led.value == 0


def test_bouncing_counts_once(bench):
    from gpiozero import Button

    button = Button(27, pull_up=False, bounce_time=0.01)
    presses = []
    button.when_pressed = lambda: presses.append(1)
    bench.play("pi-b.GPIO27", [(0, 0), *((20_000_000 + n * 1_000_000, n % 2 == 0) for n in range(5)), (100_000_000, 0)])
    bench.clock.sleep(0.3)

    assert presses == [1]


def test_a_callback_that_sleeps_delays_callbacks_not_the_program(bench):
    from gpiozero import Button

    button = Button(27, pull_up=False)
    button.when_pressed = lambda: bench.clock.sleep(0.5)
    bench.play("pi-b.GPIO27", [(0, 0), (10_000_000, 1)])
    started = bench.clock.now_ns() / 1e9
    bench.clock.sleep(0.1)

    assert bench.clock.now_ns() / 1e9 - started == pytest.approx(0.1, abs=1e-6)
    bench.clock.sleep(1)  # gpiozero cannot close a button whose callback still runs


def test_the_board_is_the_rigs(bench):
    from gpiozero import Device

    assert Device.pin_factory.board_info.model == "5B"


def test_a_pin_is_taken_once(bench):
    from gpiozero import LED, GPIOPinInUse

    led = LED(17)
    with pytest.raises(GPIOPinInUse):
        LED(17)
    assert not led.closed


def test_a_second_run_finds_everything_as_the_first_did_and_nothing_is_left_behind():
    gpiozero, tools = importlib.import_module("gpiozero"), importlib.import_module("gpiozero.tools")
    before = gpiozero.Device.pin_factory
    for _ in range(2):
        with Bench() as bench:
            led = gpiozero.LED(17)
            led.blink(0.1, 0.1)
            bench.clock.sleep(0.5)
            assert tools.sleep is vars(time)["sleep"]

        assert led.closed
        assert gpiozero.Device.pin_factory is before
        assert tools.sleep is vars(time)["sleep"]
