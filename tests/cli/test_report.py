"""`hil report`: the views of finished runs, made again from their records."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hil.cli.report import HERE, Asked, run
from hil.errors import UserError
from hil.report import Journal, build, events, write_all
from hil.report.files import sealed
from hil.report.jsontext import document
from hil.station import Station


@pytest.fixture
def told():
    """A run in which nothing was planned."""
    opening = events.run(
        rig="gs",
        unit="GS-1",
        unit_parts=["gs"],
        simulated=True,
        seed=0,
        plan={"name": "quick", "version": 1},
        started="2026-11-22T14:03:11Z",
    )
    return [opening, events.planned([]), events.end(rig_s=1.0, wall_s=1.0)]


@pytest.fixture
def finished(tmp_path, told):
    """Its folder."""
    folder = tmp_path / "run"
    folder.mkdir()
    with Journal(folder / "journal.jsonl") as journal:
        for event in told:
            journal.write(event)
    write_all(folder)
    return folder


def test_without_an_option_all_views_are_made_again_with_the_same_bytes(finished):
    names = ["certificate.pdf", "junit.xml", "report.html", "table.csv"]
    before = {name: (finished / name).read_bytes() for name in names}
    for name in names:
        (finished / name).unlink()
    [line] = run([finished], Asked())
    assert all(name in line for name in names)
    assert {name: (finished / name).read_bytes() for name in names} == before


def test_a_certificate_has_its_record_inside_and_gives_every_other_view(finished, tmp_path):
    asked = Asked(pdf=tmp_path / "again.pdf", html=tmp_path / "a.html", csv=tmp_path / "a.csv", junit=tmp_path / "a.xml")
    assert run([finished / "certificate.pdf"], asked) == [str(tmp_path / name) for name in ("again.pdf", "a.html", "a.csv", "a.xml")]
    assert (tmp_path / "again.pdf").read_bytes() == (finished / "certificate.pdf").read_bytes()


def test_several_records_go_into_one_csv_but_not_into_one_certificate(finished, tmp_path, told):
    record = sealed(build(told))
    (tmp_path / "all.json").write_text(document([record, record]))
    assert run([tmp_path / "all.json", finished], Asked(csv=tmp_path / "a.csv", junit=tmp_path / "a.xml"))
    with pytest.raises(UserError, match="3 records"):
        run([tmp_path / "all.json", finished], Asked(pdf=tmp_path / "a.pdf"))


def test_what_a_lone_record_cannot_give_is_said(tmp_path, told):
    (tmp_path / "x.json").write_text(document(sealed(build(told))))
    with pytest.raises(UserError, match="it lies in no run's folder"):
        run([tmp_path / "x.json"], Asked())
    with pytest.raises(UserError, match="no allure-results"):
        run([tmp_path / "x.json"], Asked(allure=HERE))


def test_a_users_mistake_shows_no_traceback(tmp_path):
    (tmp_path / "no.pdf").write_text("not a pdf")
    (tmp_path / "record.json").write_text(json.dumps({"schema": "other"}))
    for path in ("no.pdf", "record.json", "nowhere", "nowhere.pdf"):
        done = subprocess.run([sys.executable, "-m", "hil", "report", path], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert path in done.stderr


def test_a_run_that_broke_off_gets_its_record_with_the_place_in_the_chain_that_was_its_own(tmp_path, told):
    station = Station.init(tmp_path / "station", {"id": "ST-01", "name": "n"})
    opening = {**told[0], "station": station.facts()}
    folder = tmp_path / "run"
    folder.mkdir()
    with Journal(folder / "journal.jsonl") as journal:
        for event in (opening, *told[1:]):
            journal.write(event)
        with pytest.raises(UserError, match="still going"):
            run([folder], Asked(station=station.folder))
    before = write_all(folder, station.folder).record
    (folder / "record.json").unlink()
    [elsewhere] = run([folder], Asked())
    assert "station ST-01 has to seal it" in elsewhere
    assert not (folder / "record.json").exists()
    [line] = run([folder], Asked(station=station.folder))
    assert "record.json" in line
    assert json.loads((folder / "record.json").read_text()) == before
    assert before["certificate"]["number"] == "ST-01-000001"


def test_a_dash_is_standard_output_and_no_file(finished, tmp_path, monkeypatch, capfdbinary):
    monkeypatch.chdir(tmp_path)
    assert run([finished], Asked(csv=Path("-"))) == []
    assert not (tmp_path / "-").exists()
    assert capfdbinary.readouterr().out.startswith(b"serial,")


def test_two_views_never_go_to_one_file(finished, tmp_path):
    with pytest.raises(UserError, match="--pdf goes there"):
        run([finished], Asked(pdf=tmp_path / "a", html=tmp_path / "." / "a"))


@pytest.mark.parametrize("key", ["unit", "measurements", "counts", "time", "station", "seal", "certificate", "plan", "versions", "tests"])
@pytest.mark.parametrize("broken", [lambda record, key: record.pop(key), lambda record, key: record.update({key: 5})])
def test_a_record_with_something_missing_or_odd_in_it_is_named_and_no_traceback(finished, tmp_path, key, broken):
    record = json.loads((finished / "record.json").read_text())
    broken(record, key)
    (tmp_path / "odd.json").write_text(json.dumps(record))
    found = []
    for view in ("html", "csv", "junit", "openhtf", "wsjf", "pdf"):
        try:
            run([tmp_path / "odd.json"], Asked(**{view: tmp_path / "out"}))
        except UserError as error:
            found.append(error.found)
    assert all(one.startswith(key) for one in found)


def test_a_journal_without_a_run_gets_no_record(tmp_path):
    (tmp_path / "journal.jsonl").write_text('{"x": 1}\n')
    with pytest.raises(UserError, match="no run begins in it"):
        run([tmp_path], Asked())
    assert [path.name for path in tmp_path.iterdir()] == ["journal.jsonl"]
