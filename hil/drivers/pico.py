"""The Pico of a bench: it triggers, strobes, counts edges and reads voltages, and says what it granted in ticks of its clock.

Its firmware is fixtures/pico, deployed by `hil pico deploy`; what travels is SCPI, one line out and one line back.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from hil.clock import Clock
from hil.drivers.pico_errors import PicoAbsent, PicoBusy, PicoForbidden, PicoGarbled, PicoLost, PicoOutdated, PicoRefused, PicoSilent
from hil.drivers.pico_line import Line, find
from hil.drivers.pico_train import PicoInfo, PulseLedger, Train, gpio
from hil.errors import UserError
from hil.measure import Measurement
from hil.measure.budget import rectangular, type_a

__all__ = [
    "FIRMWARE",
    "Pico",
    "PicoAbsent",
    "PicoBusy",
    "PicoForbidden",
    "PicoGarbled",
    "PicoInfo",
    "PicoLost",
    "PicoOutdated",
    "PicoRefused",
    "PicoSilent",
    "PulseLedger",
    "Train",
]

FIRMWARE = "1.1.0"
"""VERSION of fixtures/pico/main.py, which this driver speaks to."""
MAKER = "rpi-camera-hil"
_ADC_STEPS, _VREF_V = 4096, 3.3
_VREF_TOLERANCE = 0.01  # ADC_VREF is the board's 3.3 V: half width, relative, assumed
_OFFSET_V = 0.030  # half width; Pico data sheet 4.3: some 30 mV of offset
_LEAST_DEADMAN_S = 60.0
_ENDLESS_S = 600.0  # how long nobody may have anything to say while something runs without an end
_LOOK_S = 0.02
_REBOOT_S = 0.5


class Pico:
    """One Pico, connected. Close it: it is left idle."""

    def __init__(self, name: str, clock: Clock, id: str | None = None, *, streaming: Callable[[], bool] | None = None) -> None:  # noqa: A002
        """`name`: the rig's; `clock`: the host's; `id`: start of its serial number, if the rig says; `streaming()`: whether a camera is.

        PicoAbsent, PicoOutdated, PicoSilent, PicoGarbled if there is no such Pico that speaks our firmware's language.
        """
        self.name, self.id, self._clock, self._streaming = name, id, clock, streaming or _never
        self._deadman_s: float | None = None
        self._outlasts_s = 0.0
        self._last: Train | None = None
        self._ends_ns = 0
        self._line = Line(name, find(name, id))
        try:
            self._check_firmware()
        except BaseException:
            self._line.close()
            raise

    def reset(self) -> None:
        """Reset its processor; until it has booted a divider asserts the trigger. PicoRefused while a camera is streaming."""
        from hil.drivers import pico_board

        pico_board.refuse_while(self._streaming, self.name, "reset")
        self._line.close()
        pico_board.reset(self.name, self.id, streaming=self._streaming)
        self._clock.sleep(_REBOOT_S)
        self._line = Line(self.name, find(self.name, self.id))
        self._check_firmware()

    def _check_firmware(self) -> None:
        maker, _, serial_number, version = self._line.ask("*IDN?", 4)
        if maker != MAKER or version != FIRMWARE:
            found = f"{serial_number} runs {maker} {version}"
            raise PicoOutdated(f"{self.name}: firmware {FIRMWARE} is needed", found, "hil pico deploy", where=self.name)

    @property
    def device(self) -> str:
        """The port's path."""
        return self._line.device

    def info(self) -> PicoInfo:
        """What it says of itself."""
        _, _, serial_number, version = self._line.ask("*IDN?", 4)
        board, python, clock, asserted = (self._line.ask(f"SYST:{what}?")[0] for what in ("BOAR", "PYTH", "CLOC", "ASS"))
        return PicoInfo(serial_number, version, python, board, int(clock), int(asserted) or None)

    def idle(self) -> None:
        """Stop everything: trigger pins high, strobe dark."""
        self._outlasts_s = 0.0
        self._line.tell("*RST")

    def close(self) -> None:
        """Leave it idle, if it is still there, and close the port."""
        try:
            self._line.synchronise()  # an exchange may have been broken off half way
            self.idle()
        except (PicoLost, PicoSilent, PicoGarbled, PicoRefused):
            return
        finally:
            self._line.close()

    # -- trigger

    def trigger(self, train: Train) -> None:
        """Start a train and return at once. PicoRefused if its clock cannot make it."""
        self._outlast(_ENDLESS_S + 2 * train.longest_gap_s if train.pulses is None else 1.1 * train.lasts_s)
        pin = gpio(train.pin)
        if train.generator == "pwm":
            self._line.tell(f"TRIG:PWM {pin},{_us(train.low_us)},{_whole_hertz(train)}")
        else:
            mark, gap = (-1, "0") if train.mark is None else (train.mark, _us(train.mark_gap_us))
            self._line.tell(
                f"TRIG:TRA {pin},{_us(train.low_us)},{_us(train.period_us)},{train.pulses or 0},{mark},{gap},{_us(train.start_delay_us)}"
            )
        self._last = train
        self._ends_ns = 0 if train.pulses is None else self._clock.now_ns() + round(train.lasts_s * 1e9)

    def ledger(self) -> PulseLedger:
        """What became of the last train."""
        generator, clock, low, period, pulses, sent, t0, running = self._line.ask("TRIG:LEDG?", 8)
        hz = int(clock)
        return PulseLedger(
            *(generator, hz, int(low) / 16 * 1e6 / hz, int(period) / 16 * 1e6 / hz),
            *(int(pulses) or None, int(sent), int(t0), running == "1"),
        )

    def wait_done(self, timeout_s: float | None = None) -> PulseLedger:
        """Wait for the last train to end; its ledger. `timeout_s`: on the host's clock, as long as the train and 2 s if None."""
        train = self._last
        if train is None or train.pulses is None:
            raise UserError(f"{self.name}: an endless train has no end to wait for", "", "idle() stops it")
        deadline_ns = self._clock.now_ns() + round(timeout_s * 1e9) if timeout_s is not None else self._ends_ns + 2_000_000_000
        self._clock.sleep(max(min(self._ends_ns, deadline_ns) - self._clock.now_ns(), 0) / 1e9)
        while (done := self.ledger()).running:
            if self._clock.now_ns() >= deadline_ns:
                raise PicoSilent(f"{self.name}: the train should have ended", f"{done.sent} of {train.pulses} pulses sent", where=self.name)
            self._clock.sleep(_LOOK_S)
        return done

    # -- strobe

    def strobe(self, pin: str, width_us: float, delay_us: float = 0.0, trigger: str = "GP28") -> tuple[float, float]:
        """A flash `delay_us` after every fall of the trigger pin; what is granted: (width, delay) in us. 40 ns is the shortest delay."""
        self._outlast(_ENDLESS_S)
        delay, width = self._line.ask(f"STR:LOCK? {gpio(pin)},{gpio(trigger)},{_us(delay_us)},{_us(width_us)}", 2)
        return self._granted_us(width), self._granted_us(delay)

    def strobe_train(
        self, pin: str, width_us: float, period_us: float, pulses: int | None = None, start_delay_us: float = 0.0
    ) -> tuple[float, float]:
        """Flashes of their own; what is granted: (width, period) in us."""
        self._outlast(_ENDLESS_S if pulses is None else (start_delay_us + pulses * period_us) / 1e6)
        width, period = self._line.ask(f"STR:TRA? {gpio(pin)},{_us(width_us)},{_us(period_us)},{pulses or 0},{_us(start_delay_us)}", 2)
        return self._granted_us(width), self._granted_us(period)

    def strobe_on(self, pin: str) -> None:
        """Light, until `strobe_off`."""
        self._outlast(_ENDLESS_S)
        self._line.tell(f"STR:ON {gpio(pin)}")

    def strobe_off(self) -> None:
        """Dark."""
        self._line.tell("STR:OFF")

    # -- measuring

    def count_edges(self, pin: str) -> None:
        """Count falls of a pin from 0."""
        self._line.tell(f"COUN:PIN {gpio(pin)}")

    def read_count(self) -> int:
        """Falls since `count_edges`."""
        return int(self._line.ask("COUN?")[0])

    def adc_v(self, pin: str) -> Measurement:
        """The voltage at GP26, GP27 or GP28: the mean of some conversions."""
        n, total, squares = (int(value) for value in self._line.ask(f"MEAS:VOLT? {gpio(pin)}", 3))
        mean, step_v = total / n, _VREF_V / _ADC_STEPS
        volts = (mean + 0.5) * step_v
        parts = (
            type_a("scatter of the readings", math.sqrt(max(squares / n - mean * mean, 1 / 12) / (n - 1)) * step_v),
            rectangular(f"reference, {_VREF_TOLERANCE:.0%}", volts * _VREF_TOLERANCE),
            rectangular("offset error, 30 mV", _OFFSET_V),
        )
        return Measurement.of("voltage", volts, "V", parts, n, f"mean of {n} conversions of {pin} against {_VREF_V:g} V")

    # -- safety

    def deadman(self, seconds: float) -> None:
        """Go idle by itself after so long without a command; 0: never. Otherwise each train and strobe sets what outlasts it."""
        self._deadman_s = seconds
        self._line.tell(f"SYST:DEAD {seconds:.3f}s")

    def _outlast(self, seconds: float) -> None:
        """Let the dead man wait at least so long, and a while, until the next `idle`."""
        if self._deadman_s is None and seconds > self._outlasts_s:
            self._outlasts_s = seconds
            self._line.tell(f"SYST:DEAD {seconds + _LEAST_DEADMAN_S:.3f}s")

    def _granted_us(self, ticks: str) -> float:
        return int(ticks) * 1e6 / int(self._line.ask("SYST:CLOC?")[0])


def _never() -> bool:
    return False


def _us(value: float) -> str:
    return f"{value:.6f}us"


def _whole_hertz(train: Train) -> int:
    hertz = 1e6 / train.period_us
    if abs(hertz - round(hertz)) > 1e-6 * hertz or train.pulses is not None or train.mark is not None or round(hertz) < 1:
        asked = f'generator="pwm" makes an endless train at a whole number of Hz, not {hertz:g} Hz'
        raise UserError(asked, "pulses, mark and other rates are for PIO", 'generator="pio"')
    return round(hertz)
