"""The header's driver on real gpiozero: pulses, levels, stamps on CLOCK_MONOTONIC, voltages, and what it says without them."""

import builtins

import numpy as np
import pytest

from hil.drivers.adc import Wired
from hil.drivers.gpio import Gpio, RemoteGpio
from hil.errors import MissingPackage, RigError, UserError
from hil.rig.spec import TwinAdc, TwinHost, TwinSpec
from hil.rig.wiring import parse
from hil.sim.twin import Twin

WIRING = {
    "clock": "pi-a.GPIO17 -- R3 1k 5% -- pi-a.GPIO27 -- pi-a.GPIO23",
    "flash": "pi-a.GPIO22 -- R4 150 5% -- LED1 yellow -- pi-a.GND",
    "level": "pi-a.3V3 -- R1 10k 1% -- adc.CH0 -- R2 10k 1% -- pi-a.GND",
    "reference": "adc.VREF -- pi-a.3V3",
}
SPEC = TwinSpec(
    rig="header",
    hosts=(TwinHost("pi-a", "Raspberry Pi 5"),),
    cameras=(),
    wiring=tuple(parse(name, text) for name, text in WIRING.items()),
    adcs=(TwinAdc("adc", "pi-a"),),
)


@pytest.fixture
def twin():
    """This process is a program on pi-a."""
    with Twin(SPEC, seed=3) as opened:
        yield opened


@pytest.fixture
def rest(twin):
    """Let so many seconds pass on pi-a."""
    return twin.hosts["pi-a"].clock.sleep


@pytest.fixture
def gpio(twin):
    """The driver of pi-a's header."""
    with Gpio(twin.hosts["pi-a"], {"adc": Wired()}) as opened:
        yield opened


def test_a_train_is_played_while_the_program_goes_on(gpio, twin):
    clock = twin.hosts["pi-a"].clock
    before = clock.now_ns()
    train = gpio.pulse_train("GPIO17", [0, 100_000, 200_000], 500)
    assert clock.now_ns() - before < 1_000_000

    train.wait()

    assert clock.now_ns() - before == pytest.approx(200.5e6, abs=1e6)


def test_stamps_tell_when_the_pulses_were(gpio, twin, rest):
    gpio.stamp(["GPIO27"])
    began_ns = twin.hosts["pi-a"].clock.now_ns()
    starts_us = np.arange(1, 21) * 10_000.0
    gpio.pulse_train("pi-a.GPIO17", starts_us, 1000).wait()
    rest(0.01)

    edges = gpio.stamps()["GPIO27"]

    assert list(edges.rising) == [True, False] * 20
    late_us = (edges.rises_ns - began_ns) / 1e3 - starts_us
    assert np.all((late_us > 0) & (late_us < 250))


def test_stamping_again_forgets_what_was(gpio, rest):
    gpio.stamp(["GPIO27"])
    gpio.pulse_train("GPIO17", [1000], 1000).wait()
    gpio.stamp(["GPIO27"])
    rest(0.01)

    assert len(gpio.stamps()["GPIO27"]) == 0


def test_a_level_stays_until_it_is_changed(gpio, twin):
    gpio.level("GPIO22", True)
    assert gpio.read("GPIO22")
    assert twin.wires.volts("pi-a.GPIO22") > 2.5
    gpio.level("GPIO22", False)
    assert twin.wires.volts("pi-a.GPIO22") < 0.1


def test_a_stopped_train_pulses_no_more_and_leaves_the_pin_low(gpio, twin, rest):
    gpio.stamp(["GPIO27"])
    train = gpio.pulse_train("GPIO17", np.arange(1, 1000) * 10_000.0, 1000)
    rest(0.1)
    train.stop()
    rest(0.1)
    there = len(gpio.stamps()["GPIO27"])
    rest(1.0)

    assert 10 < there < 25
    assert len(gpio.stamps()["GPIO27"]) == there
    assert twin.wires.volts("pi-a.GPIO17") < 0.1


def test_closing_leaves_pins_as_inputs_and_no_thread(twin, rest):
    with Gpio(twin.hosts["pi-a"]) as gpio:
        gpio.level("GPIO22", True)
        gpio.pulse_train("GPIO17", [1_000_000], 1_000_000)
        rest(1.5)

    assert twin.wires.volts("pi-a.GPIO17") < 0.1
    with Gpio(twin.hosts["pi-a"]) as again:
        assert not again.read("GPIO22")
        assert not again.read("GPIO17")


def test_a_divider_of_the_same_supply_is_read_as_half_of_3_3_v(gpio):
    voltage = gpio.adc_v("adc", 0)

    assert (voltage.name, voltage.unit) == ("voltage", "V")
    assert voltage.value == pytest.approx(1.65, abs=0.02)
    assert 0.02 < voltage.u < 0.04


class OtherTicks:
    """A pin factory whose pins are stamped with the time of day, as before Linux 5.7."""

    EPOCH_S = 1_767_225_600.0

    def __init__(self, recorder):
        self._recorder = recorder

    def edge(self, ticks, state):
        self._recorder(ticks + self.EPOCH_S, state)


def test_stamps_of_another_clock_are_refused_with_both_readings(gpio, rest):
    gpio.stamp(["GPIO27"])
    recorder = gpio._recorders["GPIO27"]
    other = OtherTicks(recorder._edge)
    recorder._device.pin.when_changed = other.edge
    gpio.pulse_train("GPIO17", [1000, 5000], 1000).wait()
    rest(0.01)

    with pytest.raises(RigError, match=r"stamped 17672\d+\.\d+ s arrived when CLOCK_MONOTONIC read \d{2,4}\.\d+ s") as refused:
        gpio.stamps()
    assert refused.value.cause == "stamps' clock"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda gpio: gpio.level("pi-b.GPIO17", True), "that pin is pi-b's"),
        (lambda gpio: gpio.level("GPIO28", True), "no GPIO of the 40-pin header"),
        (lambda gpio: gpio.pulse_train("GPIO17", [0, 400], 500), "begins before the one at 0 us has ended"),
        (lambda gpio: gpio.pulse_train("GPIO17", [0], 0), "must last some time"),
        (lambda gpio: gpio.pulse_train("GPIO17", [float("nan")], 10), "at no time"),
        (lambda gpio: gpio.adc_v("adcs", 0), "converters there: adc"),
        (lambda gpio: gpio.adc_v("adc", 8), "MCP3008 has 8 channels"),
    ],
)
def test_what_cannot_be_is_refused_by_name(gpio, asked, said):
    with pytest.raises(UserError, match=said):
        asked(gpio)


def test_a_pin_is_driven_or_stamped_not_both(gpio):
    gpio.level("GPIO17", False)
    with pytest.raises(UserError, match="this program drives that pin"):
        gpio.stamp(["GPIO17"])
    gpio.stamp(["GPIO27"])
    with pytest.raises(UserError, match="its edges are being stamped"):
        gpio.level("GPIO27", True)


def test_a_pin_that_another_device_holds_is_named(gpio):
    from gpiozero import LED

    led = LED(17)
    with pytest.raises(RigError, match=r"pi-a\.GPIO17 asked for") as refused:
        gpio.level("GPIO17", True)
    assert "in use" in str(refused.value)
    led.close()


def hide(monkeypatch, package):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.partition(".")[0] == package or name == "gpiozero.pins.lgpio":
            raise ImportError(f"No module named {package!r}")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)


@pytest.mark.parametrize("package", ["gpiozero", "lgpio"])
def test_without_its_libraries_it_says_what_to_install(monkeypatch, package):
    from gpiozero import Device

    from hil.drivers.host import LocalHost

    monkeypatch.setattr(Device, "pin_factory", None)
    hide(monkeypatch, package)
    with pytest.raises(MissingPackage, match=f"{package} is needed") as missing:
        Gpio(LocalHost("pi-a")).level("GPIO17", True)
    assert "sudo apt install python3-gpiozero python3-lgpio" in missing.value.hint


def test_a_remote_header_is_asked_for_the_same(gpio, rest):
    remote = RemoteGpio(lambda method, *args: getattr(gpio, method)(*args))
    remote.stamp(["GPIO27"])
    remote.pulse_train("GPIO17", [1000, 5000], 1000).wait()
    rest(0.01)

    assert len(remote.stamps()["GPIO27"]) == 4
