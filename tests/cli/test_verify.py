"""`hil verify`: a block for each file, one exit status."""

import json

import pytest
from typer.testing import CliRunner

from hil.cli.main import app
from hil.report import build, events
from hil.report.jsontext import document
from hil.station import Station, seal


@pytest.fixture
def station(tmp_path):
    return Station.init(tmp_path / "station", {"id": "ST-01", "name": "n"})


@pytest.fixture
def run(tmp_path, station):
    """A run's folder with a signed record."""
    told = {"station": station.facts()}
    opening = events.run(
        rig="gs",
        unit='#panic("x") [red]',
        unit_parts=[],
        simulated=True,
        seed=2**60,
        plan={},
        started="2026-11-22T14:03:11Z",
        traveller=told,
    )
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "record.json").write_text(document(seal(build([opening]), station)))
    return folder


def verify(*words):
    done = CliRunner().invoke(app, ["verify", *map(str, words)], env={"COLUMNS": "400"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_a_folder_a_record_and_a_chain_hold(run, station):
    done = verify(run, run / "record.json", station.folder / "chain.jsonl", "--station", station.folder)
    assert (done.exit_code, done.output.count("holds")) == (0, 3)


def test_the_worst_of_several_counts(run, station, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text((run / "record.json").read_text().replace('"simulated": true', '"simulated": false'))
    done = verify(run, bad, "--key", station.public)
    assert done.exit_code == 1
    assert "  broken  hash        its content does not have the hash in its seal" in done.output
    assert verify(run, bad, tmp_path / "nowhere.json", "--key", station.public).exit_code == 2


def test_as_json_it_is_an_array(run, station):
    (told,) = json.loads(verify(run, "--json", "--station", station.folder).output)
    assert (told["holds"], told["problem"]) == (True, "")
    assert [one["what"] for one in told["findings"]] == ["bytes", "hash", "signature", "chain"]


def test_an_array_of_records_is_looked_at_one_by_one(run, station, tmp_path):
    record = json.loads((run / "record.json").read_text())
    (tmp_path / "all.json").write_text(document([record, record]))
    done = verify(tmp_path / "all.json", "--station", station.folder, "--json")
    assert (done.exit_code, len(json.loads(done.output)[0]["findings"])) == (0, 7)


@pytest.mark.parametrize("name", ["record.json", "x.txt", "certificate.pdf", "chain.jsonl"])
def test_a_file_of_another_kind_is_one_message(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x00\xff")
    assert verify(tmp_path / name).exit_code in (1, 2)


def test_a_key_that_is_none_is_the_callers_mistake(run):
    done = CliRunner().invoke(app, ["verify", str(run), "--key", str(run / "record.json")])
    assert "it is no public key in PEM" in str(done.exception)
