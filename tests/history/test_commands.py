"""`hil history ...` as somebody at a station meets it."""

import csv
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from hil.cli.main import main
from hil.history import exchange
from hil.history.store import History

from .made import START, record

AIAG = Path(__file__).parent / "data" / "aiag-grr.csv"
R11 = {"severity": "fail", "cause": "R11 fitted", "says": "R11 is still fitted", "where": "cm3", "do": ["take R11 off"]}


@pytest.fixture
def hil(capsys, monkeypatch, tmp_path):
    """Calls the command in a folder of its own: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    for name in ("HIL_HISTORY", "HIL_STATION", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "none")) if name == "XDG_CONFIG_HOME" else monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["hil", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Sixty units on two stations, the second of which reads 0.15 Hz more; some fail; and one simulated unit."""
    path = tmp_path_factory.mktemp("filled") / "h.sqlite"
    values = np.random.default_rng(8).normal(56.0, 0.2, 60)
    told = [
        record(f"U-{at:02}", value + 0.15 * (at % 2), at=START + 3600 * at, station=f"ST-{at % 2 + 1}", sequence=at + 1)
        for at, value in enumerate(values)
    ]
    told.append(record("U-07", 58.2, at=START + 3600 * 70, station="ST-2", sequence=70, diagnoses=[R11]))
    told.append(record("S-1", simulated=True, at=START))
    with History.open(str(path)) as history:
        assert {one.what for one in history.add_all(("", one, exchange.sealed(one)) for one in told)} == {"added"}
    return path


def test_the_manuals_study_through_the_command(hil, tmp_path):
    status, out, _ = hil("history", "grr", "--from", AIAG, "--csv")
    rows = {row["source"]: row["standard_deviation"] for row in csv.DictReader(io.StringIO(out))}
    assert status == 0
    assert [rows[name] for name in ("EV", "AV", "GRR", "PV", "TV", "ndc")] == ["0.19993", "0.22684", "0.30237", "1.04233", "1.0853", "4"]


def test_the_order_of_a_studys_lines_does_not_matter(hil, tmp_path):
    first, *rest = [line for line in AIAG.read_text().splitlines() if not line.startswith("#")]
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("\n".join([first, *np.random.default_rng(1).permutation(rest)]))
    assert hil("history", "grr", "--from", mixed, "--csv")[1] == hil("history", "grr", "--from", AIAG, "--csv")[1]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (["units", "-n", 2], ["60 units", "U-07", "R11 is still fitted", "The newest 2 of 60"]),
        (["units", "--failed"], ["U-07", "FAIL"]),
        (["show", "U-07"], ["PASS", "FAIL", "R11 is still fitted", "take R11 off", "ST-2-000070"]),
        (["yield"], ["camera-module-3", "Rolled throughput yield: 1.0000"]),
        (["capability"], ["frame_rate", "2304x1296"]),
        (["capability", "frame rate"], ["Cpk", "95 %", "lower", "55"]),
        (["trend", "frame_rate"], ["60 readings", "control limits", "Drift:"]),
        (["trend", "frame_rate", "--unit", "U-07"], ["2 readings"]),
        (["compare", "frame_rate"], ["ST-1", "ST-2", "The means differ: ST-2 less ST-1 is +0.2", "The spreads do not differ"]),
        (["units", "--simulated"], ["1 unit   SIMULATED RUNS", "S-1"]),
        (["capability", "frame_rate", "--simulated"], ["SIMULATED RUNS", "n = 1 is too few, 25 are needed"]),
    ],
)
def test_a_question_is_answered_in_words(hil, filled, question, said):
    status, out, err = hil("history", *question, "--db", filled)
    assert (status, err) == (0, "")
    for words in said:
        assert words in out, out


ONE = "frame_rate"


@pytest.mark.parametrize("question", [["units"], ["yield"], ["capability"], ["capability", ONE], ["trend", ONE], ["compare", ONE]])
def test_csv_and_json_say_whose_runs_they_are(hil, filled, question):
    rows = list(csv.DictReader(io.StringIO(hil("history", *question, "--csv", "--db", filled)[1])))
    assert {row["simulated"] for row in rows} <= {"false"}
    told = json.loads(hil("history", *question, "--json", "--db", filled)[1])
    assert isinstance(told, list)
    assert {one["simulated"] for one in told} == {False}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("part,appraiser,trial,value", "Part,Operator,Trial,Measurement"),
        lambda text: text.replace("part,appraiser,trial,value", "Samples, Appraisers, Replicates, Readings"),
        lambda text: "\ufeff" + text.replace(",", ";").replace(".", ","),
        lambda text: text.replace(",", "\t"),
        lambda text: "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in text.splitlines()),
    ],
    ids=["names", "plurals", "semicolons and commas", "tabs", "no trials"],
)
def test_a_study_may_be_written_as_others_write_it(hil, tmp_path, change):
    text = "\n".join(line for line in AIAG.read_text().splitlines() if not line.startswith("#"))
    (tmp_path / "theirs.csv").write_text(change(text))
    assert hil("history", "grr", "--csv", "theirs.csv")[1] == hil("history", "grr", "--from", AIAG, "--csv")[1]


def test_the_drift_and_the_baseline_are_told_to_programs_too(hil, filled):
    (told,) = json.loads(hil("history", "trend", "frame_rate", "--baseline", "20", "--json", "--db", filled)[1])
    assert (told["baseline"], set(told["drift_a_day"])) == (20, {"slope", "low", "high", "p", "refused"})
    assert "of the first 20" in " ".join(hil("history", "trend", "frame_rate", "--baseline", "20", "--db", filled)[1].split())


@pytest.mark.parametrize(
    ("question", "drawn"),
    [
        (["capability", "frame_rate"], ["lower limit", "upper limit", "frame rate, Hz", "units"]),
        (["trend", "frame_rate"], ["+3σ", "upper limit", "moving range, Hz", "2026-11-18"]),
        (["compare", "frame_rate"], ["ST-1, n = 30", "ST-2, n = 30", "limit"]),
        (["yield", "--unit", "U-07"], []),
        (["grr", "--from", AIAG, "--tolerance", "4"], ["repeatability", "27.9 %", "of the tolerance"]),
    ],
)
def test_a_plot_says_what_it_shows(hil, filled, tmp_path, question, drawn):
    status, _, err = hil("history", *question, "-o", "plot.svg", "--db", filled)
    if not drawn:
        assert (status, "no unit failed" in err) == (2, True)
        return
    plot = (tmp_path / "plot.svg").read_text()
    assert all(words in plot for words in drawn)
    assert "SIMULATED" not in plot


def test_a_plot_of_simulated_runs_says_so(hil, filled, tmp_path):
    hil("history", "capability", "frame_rate", "--simulated", "-o", "plot.svg", "--db", filled)
    assert "SIMULATED RUNS" in (tmp_path / "plot.svg").read_text()


def test_what_a_spreadsheet_would_run_is_text_in_csv(hil, tmp_path):
    with History.open(str(tmp_path / "h.sqlite")) as history:
        history.add(record('=HYPERLINK("http://x")'))
    out = hil("history", "units", "--csv", "--db", "h.sqlite")[1]
    assert next(csv.DictReader(io.StringIO(out)))["unit"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["units"], ["no history at reports/history.sqlite", "no such file"]),
        (["units", "--db", "postgresql://me:secret@/x?host=/nowhere"], ["cannot be opened"]),
        (["capability", "frame_rat", "--db", "FILLED"], ["no characteristic 'frame_rat'", "frame_rate"]),
        (["capability", "frame_rate", "--mode", "2304x129", "--db", "FILLED"], ["2304x1296"]),
        (["units", "--station", "ST-9", "--db", "FILLED"], ["no station 'ST-9'", "ST-1 and ST-2"]),
        (["show", "U-99", "--db", "FILLED"], ["no unit 'U-99'"]),
        (["show", "S-1", "--db", "FILLED"], ["no real run of unit 'S-1'", "--simulated"]),
        (["compare", "frame_rate", "--by", "colour", "--db", "FILLED"], ["--by 'colour'", "station"]),
        (["compare", "frame_rate", "ST-1", "ST-7", "--db", "FILLED"], ["no station 'ST-7'"]),
        (["units", "--since", "soon", "--db", "FILLED"], ["not a day"]),
        (["units", "--csv", "--json", "--db", "FILLED"], ["one of the two"]),
        (["trend", "frame_rate", "-o", "plot.png", "--db", "FILLED"], ["-o plot.svg"]),
        (["trend", "frame_rate", "-o", "nowhere/plot.svg", "--db", "FILLED"], ["there is no folder"]),
        (["grr"], ["neither is given"]),
        (["grr", "--from", "nope.csv"], ["cannot be read"]),
        (["grr", "frame_rate", "--db", "FILLED"], ["not every part was measured by every appraiser"]),
        (["export", "-o", "x.zip", "--db", "FILLED"], [".jsonl"]),
        (["import", "nope.jsonl"], ["no such file"]),
    ],
)
def test_what_cannot_be_answered_is_one_clear_error(hil, filled, words, said):
    status, out, err = hil("history", *(filled if word == "FILLED" else word for word in words))
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert "secret" not in err
    assert len(err.splitlines()) <= 4
    for one in said:
        assert one in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("part,appraiser,trial\n1,A,2\n", "no column value"),
        ("part,appraiser,trial,value\n1,A,1,x\n", "reading 1 is no number"),
        ("part,appraiser,trial,value\n1,A,1,nan\n", "reading 1 is no number"),
        ("part,appraiser,trial,value\n1,A,1,2\n1,A,1,3\n", "is there twice"),
        ("part,appraiser,trial,value\n1,A,1,2\n2,B,1,3\n", "missing: 1 by B, 2 by A"),
        ("part,appraiser,trial,value\n1,A,1,2\n1,A,2,2\n2,A,1,3\n", "cells have 1 to 2 trials"),
        ("part,appraiser,trial,value\n1,A,1,2\n2,A,1,3\n", "at least 2 parts and 2 trials"),
        ("", "no column"),
        ("\x00\x01", "no column"),
    ],
)
def test_a_study_that_is_none_is_said(hil, tmp_path, text, said):
    (tmp_path / "study.csv").write_text(text)
    status, _, err = hil("history", "grr", "--from", "study.csv")
    assert (status, said in err) == (2, True), err


def test_a_study_of_records_takes_stations_for_appraisers(hil, tmp_path):
    rng = np.random.default_rng(2)
    with History.open(str(tmp_path / "h.sqlite")) as history:
        for at, (unit, station, _) in enumerate((u, s, t) for u in range(5) for s in range(2) for t in range(3)):
            value = 56 + 0.2 * unit + 0.05 * station + rng.normal(0, 0.01)
            history.add(record(f"U{unit}", value, at=START + at, station=f"ST-{station}", sequence=at + 1))
    status, out, _ = hil("history", "grr", "frame_rate", "--json", "--db", "h.sqlite")
    (told,) = json.loads(out)
    assert (status, told["parts"], told["appraisers"], told["trials"], told["tolerance"]) == (0, 5, 2, 3, 2.0)
    assert told["components"][0]["standard_deviation"] == pytest.approx(0.01, rel=0.3)
