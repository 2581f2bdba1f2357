"""The MCP3008 on SPI0, read with gpiozero."""

import numpy as np
import pytest
from header_bench import WIRING, Bench


def test_it_reads_a_divider_of_its_own_reference_as_half(bench):
    from gpiozero import MCP3008

    with MCP3008(0) as channel:
        assert channel.raw_value == pytest.approx(512, abs=8)


def test_every_channel_is_a_wire_of_its_own(bench):
    from gpiozero import MCP3008

    with MCP3008(0) as divider, MCP3008(3) as open_one:
        assert divider.raw_value > 400
        assert open_one.raw_value < 5


def test_codes_end_at_1023(bench):
    from gpiozero import MCP3008

    bench.wires.drive("adc.CH0", 5.0, 1.0)
    with MCP3008(0) as channel:
        assert channel.raw_value == 1023


def test_it_is_off_by_no_more_than_its_data_sheet_says():
    offs = []
    for seed in range(20):
        with Bench(seed) as bench:
            from gpiozero import MCP3008

            with MCP3008(0) as channel:
                code = np.mean([channel.raw_value for _ in range(50)])
            volts, reference = bench.wires.volts("adc.CH0"), bench.wires.volts("adc.VREF")
            offs.append(code - 1024 * volts / reference)

    assert 0.1 < np.std(offs) < 1.5
    assert np.max(np.abs(offs)) < 1.5 + 1.0 + 1.0


def test_its_reference_is_the_supply_as_it_really_is():
    supplies = []
    for seed in range(8):
        with Bench(seed) as bench:
            supplies.append(bench.wires.volts("adc.VREF"))

    assert len(set(supplies)) == 8
    assert all(3.22 <= volts <= 3.38 for volts in supplies)


def test_without_a_chip_on_that_select_line_zeros_come_back(bench):
    from gpiozero import MCP3008

    with MCP3008(0, select_pin=7) as channel:
        assert channel.raw_value == 0


def test_a_differential_reading_is_the_difference_of_a_pair():
    wiring = WIRING | {"second": "adc.CH1 -- R9 10k 1% -- pi-a.GND"}
    with Bench(wiring=wiring):
        from gpiozero import MCP3008

        with MCP3008(0, differential=True) as over, MCP3008(1, differential=True) as under:
            assert over.raw_value > 490
            assert under.raw_value == 0
