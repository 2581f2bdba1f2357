"""Two cameras on one XVS wire."""

import itertools
import statistics

import pytest

CANCELLED = 2


def readouts(frames):
    """True times at which the frames' readouts began."""
    return [frame.shot.readout_ns for frame in frames]


def periods(frames):
    return [after - before for before, after in itertools.pairwise(readouts(frames))]


def test_a_sink_takes_every_frame_within_a_line_of_its_source(hq_pair):
    pair = hq_pair()

    source, sink = pair.run(seconds=1.0)

    line_ns = source[0].shot.frame.line_time_ns
    offsets = [b - a for a, b in zip(readouts(source), readouts(sink), strict=True)]
    assert len(source) > 30
    assert all(0 <= offset < line_ns for offset in offsets)
    assert max(offsets) - min(offsets) > line_ns / 50


def test_frames_of_a_sink_carry_the_sources_rate_in_their_time_stamps(hq_pair):
    source, sink = hq_pair().run(seconds=2.0)

    told = [after["SensorTimestamp"] - before["SensorTimestamp"] for before, after in itertools.pairwise(sink)]
    assert statistics.mean(periods(sink)) == pytest.approx(statistics.mean(periods(source)), abs=700)
    assert statistics.median(told) == pytest.approx(statistics.median(periods(source)), rel=1e-3)


def test_how_a_sinks_delay_moves_within_the_line_is_the_rigs_secret(hq_pair):
    def roughness(seed):
        source, sink = hq_pair(seed=seed).run(seconds=2.0)
        offsets = [b - a for a, b in zip(readouts(source), readouts(sink), strict=True)]
        steps = [abs(after - before) for before, after in itertools.pairwise(offsets)]
        return statistics.median(steps) / source[0].shot.frame.line_time_ns

    found = [roughness(seed) for seed in range(4)]

    assert min(found) < 0.1
    assert max(found) > 0.15


def test_a_sink_alone_gets_no_frame_and_libcamera_gives_up_after_a_second(hq_pair, capsys):
    pair = hq_pair()
    began_ns = pair.world.now_ns
    pair.sink.start_manual(2000, 25_000)

    request = pair.sink.finished()

    assert int(request.status) == CANCELLED
    assert pair.world.now_ns - began_ns == pytest.approx(1e9, rel=0.02)
    assert "Dequeue timer of 1000000.00us has expired!" in capsys.readouterr().err


def test_a_source_needs_no_sink(hq_pair):
    pair = hq_pair(XVS=None)
    pair.source.start_manual(2000, 25_000, buffers=60)
    pair.world.sleep(1.0)

    source = pair.source.collected()

    assert len(source) == pytest.approx(38, abs=1)
    assert statistics.mean(periods(source)) == pytest.approx(25e6, rel=1e-3)


def test_of_two_sinks_none_gets_a_frame(hq_pair):
    source, sink = hq_pair(source={"sync": "sink"}).run(seconds=0.9, sink_first_s=0.0)

    assert (source, sink) == ([], [])


def test_two_sources_run_free_and_fight_over_the_wire(hq_pair):
    pair = hq_pair(sink={"sync": "source"})
    levels = []
    pair.wires.watch("sink.XVS", lambda _, volts: levels.append(round(volts, 1)))

    source, sink = pair.run(seconds=1.0, sink_first_s=0.01)

    assert len(sink) in (len(source), len(source) + 1)
    assert any(0.4 < level < 1.4 for level in levels)


@pytest.mark.parametrize("lines", [{"XVS": None}, {"GND": "source.GND -- pi-a.GND"}], ids=["XVS", "ground"])
def test_without_the_wire_or_its_ground_no_pulse_reaches_the_sink(hq_pair, lines):
    source, sink = hq_pair(**lines).run(seconds=0.4, sink_first_s=0.3)

    assert len(source) > 10
    assert sink == []


def test_a_sink_that_is_started_second_or_late_misses_the_first_frames(hq_pair):
    second = hq_pair()
    second.source.start_manual(2000, 25_000, buffers=120)
    second.world.sleep(0.5)
    second.sink.start_manual(2000, 25_000, buffers=120)
    second.world.sleep(0.5)

    late_source, late_sink = hq_pair(sink={"late_s": 0.9}).run(seconds=1.5)

    assert len(second.source.collected()) - len(second.sink.collected()) == pytest.approx(20, abs=1)
    assert len(late_source) - len(late_sink) == pytest.approx(16, abs=2)


def test_a_sink_whose_own_frame_is_longer_skips_every_second_pulse(hq_pair):
    source, sink = hq_pair(sink={"frame_stretch": 1.1}).run(seconds=1.0)

    assert len(sink) == pytest.approx(len(source) / 2, abs=1)
    assert statistics.mean(periods(sink)) == pytest.approx(2 * statistics.mean(periods(source)), rel=1e-4)


def test_crystals_apart_never_cost_a_pulse(hq_pair):
    for seed in range(5):
        source, sink = hq_pair(seed=seed).run(seconds=0.6)

        assert len(source) == len(sink) > 20


def test_the_device_tree_wins_over_the_module_parameter(hq_pair):
    pair = hq_pair()
    pair.set_parameter("imx477", (2, 1))

    source, sink = pair.run(seconds=0.5)

    assert len(source) == len(sink) > 10


BIAS = "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- GND"


def page_run(hq_pair, seed):
    pair = hq_pair(seed=seed, source={"always_on": False}, sink={"always_on": False}, bias=BIAS)
    pair.set_parameter("imx477", (1, 2))
    return pair, *pair.run(seconds=0.5)


def test_without_always_on_the_role_comes_from_trigger_mode(hq_pair):
    _, source, sink = page_run(hq_pair, seed=1)

    assert len(sink) - len(source) in (0, 1)
    assert len(source) > 10


def test_a_start_up_frame_comes_only_where_the_unpowered_source_clamps_xvs_to_a_sure_low(hq_pair):
    extra, clamped = {}, {}
    for seed in range(12):
        pair = hq_pair(seed=seed, source={"always_on": False}, sink={"always_on": False}, bias=BIAS)
        pair.wires.power("sink", on=True)
        clamped[seed] = pair.wires.volts("sink.XVS") <= 0.54
        pair.set_parameter("imx477", (1, 2))
        source, sink = pair.run(seconds=0.4)
        extra[seed] = len(sink) - len(source)

    assert extra == {seed: int(low) for seed, low in clamped.items()}
    assert set(extra.values()) == {0, 1}


def test_the_false_frame_comes_when_the_source_is_powered_before_its_own_first_frame(hq_pair):
    runs = (page_run(hq_pair, seed) for seed in range(12))
    source, sink = next((source, sink) for _, source, sink in runs if len(sink) > len(source))

    assert readouts(sink)[0] < readouts(source)[0] - 5e6
    assert readouts(sink)[1] - readouts(source)[0] < 20_000


def test_an_old_kernel_sometimes_records_a_blank_frame(hq_pair):
    pair = hq_pair(hosts={"kernel": "6.6.51+rpt-rpi-2712"}, size=(1332, 990), seed=3)

    source, sink = pair.run(seconds=60.0, frame_us=9_000, buffers=7000)

    blank = [frame for frame in sink if frame.shot.frame.exposure_ns == 0]
    assert 1 <= len(blank) <= 12
    assert len(sink) == len(source) + len(blank)


# -- Global Shutter -------------------------------------------------------------------------------------------------------


def test_a_global_shutter_sink_records_one_frame_less_and_is_tight(gs_pair):
    source, sink = gs_pair().run(seconds=0.6, sink_first_s=0.3)

    offsets = {b - a for a, b in zip(readouts(source)[1:], readouts(sink), strict=True)}
    assert len(source) > 15
    assert len(offsets) == 1
    assert 0 < max(offsets) < 1000


def test_a_global_shutter_sink_needs_the_line_clock(gs_pair):
    source, sink = gs_pair(XHS=None).run(seconds=0.6, sink_first_s=0.3)

    assert len(source) > 15
    assert sink == []


def test_with_its_strap_open_a_global_shutter_camera_runs_free(gs_pair):
    source, sink = gs_pair(sink={"MAS": "open"}).run(seconds=0.6, sink_first_s=0.3)

    assert len(sink) > len(source) > 10
