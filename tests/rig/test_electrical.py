"""Electrical rules: what must never be driven is refused, with its line; what the documentation page draws is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil import shipped
from hil.errors import Faults
from hil.rig import Rig, load
from hil.rig.electrical import Finding, findings, refuse

HQ, GS = "hq-pair-page", "gs-trigger"
Said = Callable[..., dict[str, list[Finding]]]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Rig]:
    """A shipped rig with passages of its file replaced."""

    def make(name: str, *replaced: tuple[str, str]) -> Rig:
        text = shipped.find("rigs", name).read_text()
        for wrong, put in replaced:
            assert wrong in text
            text = text.replace(wrong, put)
        (tmp_path / "mine.toml").write_text(text)
        return load(tmp_path / "mine.toml")

    return make


@pytest.fixture
def said(changed: Callable[..., Rig]) -> Said:
    """What the rules say of such a rig, by severity."""

    def say(name: str, *replaced: tuple[str, str]) -> dict[str, list[Finding]]:
        found = findings(changed(name, *replaced))
        return {severity: [finding for finding in found if finding.severity == severity] for severity in ("refuse", "warn", "note")}

    return say


@pytest.mark.parametrize("name", shipped.names("rigs"))
def test_no_shipped_rig_is_refused(name: str) -> None:
    refuse(load(name))


REFUSED = {
    "raw 3.3 V on XVS": (HQ, [("R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND", "XVS")], "pi-a.3V3 puts too much on source.XVS and sink.XVS"),
    "the old 5 V drawing": (HQ, [("pi-a.3V3 -- R1", "pi-a.5V -- R1")], "pi-a.5V puts too much on source.XVS and sink.XVS"),
    "a pull-up without its other half": (HQ, [(" -- R2 10k 1% -- pi-a.GND", "")], "pi-a.3V3 puts too much on source.XVS"),
    "raw 3.3 V on XTR": (
        GS,
        [("gs.XTR -- pico.GP26", "gs.XTR -- pico.GP28"), ('pulse = "pico.GP28 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- pico.GND"\n', "")],
        "pico.GP28 puts too much on gs.XTR",
    ),
    "a divider for 5 V pulses": (GS, [("R1 1.5k", "R1 150")], "pico.GP28 puts too much on gs.XTR"),
    "XTR that nothing holds": (
        "gs-trigger-pair",
        [('pulse = "pico.GP28 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- pico.GND"', ""), (" -- pico.GP26", "")],
        "nothing drives XTR",
    ),
    "two sources on one XVS": (HQ, [('sync = "sink"', 'sync = "source"')], "source and sink are sources on one XVS"),
    "an HQ joined with a GS": (
        HQ,
        [('sink   = { module = "HQ Camera (CS)"', 'sink   = { module = "GS Camera"')],
        "source (HQ Camera (CS)) and sink (GS Camera) cannot be synchronised with each other",
    ),
    "a Pico 2 on 5 kOhm": (
        HQ,
        [("[wiring]", '[picos]\npico = { host = "pi-a", board = "Raspberry Pi Pico 2" }\n[wiring]'), ("adc.CH0", "pico.GP27")],
        "pico.GP27 of a Pico 2 lifts XVS (RP2350 erratum E9)",
    ),
    "XVS on a 3.3 V input": (
        HQ,
        [("[wiring]", '[picos]\npico = { host = "pi-a" }\n[wiring]'), ("adc.CH0", "pico.GP5")],
        "pico.GP5 is a 3.3 V logic input and cannot read the high level of XVS",
    ),
    "XVS on a header pin": (HQ, [("adc.CH0", "pi-a.GPIO5")], "pi-a.GPIO5 is a 3.3 V logic input and cannot read the high level of XVS"),
    "no ground between the boards": (
        HQ, [('GND   = "source.GND -- sink.GND -- pi-a.GND -- pi-b.GND"\n', "")], "XVS joins source and sink, which",
    ),
    "XTR joined with XVS": ("gs-pair", [("source.XHS -- sink.XHS", "source.XHS -- sink.XTR")], "XHS and XTR are joined"),
    "a GS sink without XHS": ("gs-pair", [('XHS   = "source.XHS -- sink.XHS"\n', "")], "sink.XHS is not joined with the source's"),
    "a GS sink with MAS open": ("gs-pair", [("bridged", "open")], "sink follows a source only with its MAS pad bridged"),
    "a GS source with MAS bridged": (
        "gs-pair", [('MAS = "open"', 'MAS = "bridged"')], "source is the source, and its MAS pad is bridged",
    ),
    "a header pin whose pull-up is on XVS": ("hq-pair", [("-- sink.XVS", "-- sink.XVS -- pi-a.GPIO5")], "pi-a.GPIO5 puts too much on"),
    "two pins on XTR": (
        GS, [("flash =", 'more = "pico.GP27 -- R8 1.5k 1% -- XTR"\nflash =')], "pico.GP28 and pico.GP27 put too much on gs.XTR",
    ),
    "R11 beside Q2": (GS, [('R11 = "removed"', 'R11 = "fitted"')], "R11 of gs is fitted beside Q2"),
    "supply on ground": (HQ, [("R1 10k 1% -- XVS -- R2 10k 1% -- ", "")], "pi-a.3V3 is soldered to ground"),
    "two supplies": (HQ, [("R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND", "pi-b.3V3")], "pi-a.3V3 and pi-b.3V3 are joined"),
    "two outputs on one net": (
        HQ, [("R4 150 5%", "pi-a.GPIO17 -- R4 150 5%")], "pi-a.GPIO17 and pi-a.GPIO22 drive one net against each other",
    ),
    "an LED without resistor": (HQ, [("R4 150 5% -- ", "")], "pi-a.GPIO22 must give or take more than it can"),
    "stamps out of reach": (HQ, [("-- pi-b.GPIO27", "")], "the edges of pi-a.GPIO17 do not reach pi-b.GPIO27"),
    "5 V on a header pin": (
        HQ, [("pi-a.GPIO17 -- R3 1k 5% --", "pi-a.GPIO17 -- R3 1k 5% -- pi-a.5V --")], "pi-a.5V puts too much on pi-a.GPIO27",
    ),
    "a drained supply": (HQ, [("R1 10k 1% -- XVS -- R2 10k 1%", "R1 10 1%")], "pi-a.3V3 must give too much"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_do_harm_or_cannot_work_is_refused(case: str, said: Said) -> None:
    rig, replaced, what = REFUSED[case]

    refused = said(rig, *replaced)["refuse"]

    assert [finding.what for finding in refused if finding.what.startswith(what)], refused


def test_a_refused_rig_names_every_fault_with_its_line(changed: Callable[..., Rig]) -> None:
    with pytest.raises(Faults) as caught:
        refuse(changed(HQ, ("pi-a.3V3 -- R1", "pi-a.5V -- R1"), ('sync = "sink"', 'sync = "source"')))

    first, second, last = str(caught.value).splitlines()
    assert "mine.toml:18  [wiring] XVS: source and sink are sources on one XVS" in first
    assert "mine.toml:19  [wiring] bias: pi-a.5V puts too much on source.XVS and sink.XVS; 2." in second
    assert last == "hq-pair-page is not driven; `hil check` shows the levels of its nets"


SHIFTED = [
    ("[wiring]", '[shifters]\nxvs33 = { kind = "comparator", threshold_v = 0.9 }\n[wiring]\nread = "xvs33.OUT -- pi-a.GPIO5"'),
    ("-- adc.CH0", "-- adc.CH0 -- xvs33.IN"),
    ("-- pi-b.GND", "-- pi-b.GND -- xvs33.GND"),
]


def test_a_declared_comparator_makes_xvs_readable(said: Said) -> None:
    assert said(HQ, *SHIFTED)["refuse"] == []


@pytest.mark.parametrize("threshold", ["0.05", "1.7", "2.5"])
def test_a_comparator_must_tell_high_from_low(said: Said, threshold: str) -> None:
    (finding,) = said(HQ, *SHIFTED, ("threshold_v = 0.9", f"threshold_v = {threshold}"))["refuse"]

    assert (finding.where, finding.line) == ("[shifters] xvs33", 17)
    assert finding.what == "xvs33 does not tell the levels of XVS apart"


def test_a_comparator_without_ground_reads_nothing(said: Said) -> None:
    (finding,) = said(HQ, *SHIFTED[:2])["refuse"]

    assert finding.what == "xvs33.GND is not joined with that of source"


def test_the_page_s_circuits_are_warned_of_at_most(said: Said) -> None:
    xvs, xtr = said(HQ), said(GS)

    assert (xvs["refuse"], xtr["refuse"]) == ([], [])
    assert xvs["warn"][0].what.startswith("XVS lies low while source or sink has no supply")
    assert xtr["warn"][0].what == "current flows into the pad of gs while it has no supply"
    assert "1.650 V behind 5.00 kOhm" in xvs["note"][0].numbers


def test_a_pico_2_may_drive_the_divider_of_xtr(said: Said) -> None:
    assert said(GS, ('pico = { host = "pi5" }', 'pico = { host = "pi5", board = "Raspberry Pi Pico 2" }'))["refuse"] == []


def test_an_adc_may_read_what_logic_cannot(said: Said) -> None:
    pico = ("[wiring]", '[picos]\npico = { host = "pi-a" }\n[wiring]')

    assert said(HQ, pico, ("adc.CH0", "pico.GP27"))["refuse"] == []


def test_two_triggered_cameras_need_to_be_always_on(said: Said) -> None:
    warned = said("gs-trigger-pair", ("always_on = true, ", ""))["warn"]

    assert any(finding.what.startswith("XTR lies low while left or right has no supply") for finding in warned)


def test_a_board_of_which_the_file_says_nothing_is_looked_at(said: Said) -> None:
    (finding,) = said(GS, (', Q2 = "fitted", R11 = "removed"', ", always_on = true"))["warn"]

    assert finding.what == "whether gs can be triggered depends on Q2 and R11, and the file does not say both"


def test_an_led_the_wrong_way_round_stays_dark(said: Said) -> None:
    (finding,) = said(
        "hq-pair-pi5", ("pi5.GPIO22 -- R4 150 5% -- LED1 yellow -- pi5.GND", "pi5.GND -- LED1 yellow -- R4 150 5% -- pi5.GPIO22")
    )["warn"]

    assert finding.what == "LED1 stays dark when pi5.GPIO22 is high"


def test_xvs_on_a_module_that_has_none_is_refused_when_the_file_is_read(changed: Callable[..., Rig]) -> None:
    with pytest.raises(Faults, match=r'"sink.XVS" does not exist  \(pins of sink: GND\)'):
        changed("hq-pair-pi5", ('sink   = { module = "HQ Camera (CS)"', 'sink   = { module = "Camera Module 3"'))


def test_a_strobe_that_is_not_wired_is_noted(said: Said) -> None:
    (finding,) = said("hq-pair-pi5", ('flash = "pi5.GPIO22 -- R4 150 5% -- LED1 yellow -- pi5.GND"\n', ""))["note"]

    assert (finding.where, finding.what) == ("[strobe] drive", "pi5.GPIO22 switches a light that is not in [wiring]")


def test_clock_and_strobe_are_not_driven_by_one_pin(changed: Callable[..., Rig]) -> None:
    with pytest.raises(Faults, match=r"\[strobe\] drive: pi-a.GPIO17 drives \[clock\] already"):
        changed("hq-pair", ('drive   = "pi-a.GPIO22"', 'drive   = "pi-a.GPIO17"'))
