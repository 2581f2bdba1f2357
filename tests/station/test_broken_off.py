"""A disk that is full, and what is made good once there is room."""

import errno
import importlib
import json
from types import SimpleNamespace

import pytest

from hil.cli.report import Asked, run
from hil.cli.supervise import Run, _tell_of_its_death
from hil.report import Journal, events, files
from hil.report.files import absent, replace, write_all


@pytest.fixture
def ended(tmp_path, station):
    """The folder of a run that came to its end."""
    folder = tmp_path / "run"
    folder.mkdir()
    told = {"station": station.facts()}
    with Journal(folder / "journal.jsonl") as book:
        book.write(
            events.run(
                rig="hq", unit="HQ-1", unit_parts=["hq"], simulated=False, seed=None,
                plan={"name": "quick", "version": 1}, started="2026-11-22T14:03:00Z", traveller=told,
            )
        )  # fmt: skip
        book.write(events.planned([]))
        book.write(events.end(rig_s=1.0, wall_s=1.0))
    return folder


def full(path, content):
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_a_record_that_found_no_room_is_filed_later_in_its_own_place(ended, station, monkeypatch):
    monkeypatch.setattr(files, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_all(ended, station.folder)
    monkeypatch.setattr(files, "replace", replace)
    _tell_of_its_death(Run("hq", ended, ["pytest"], process=SimpleNamespace(returncode=1)))
    run([ended], Asked(station=station.folder))
    assert json.loads((ended / "record.json").read_bytes())["seal"]["sequence"] == 1
    assert [link.sequence for link in station.chain.links()] == [1]


def test_why_it_was_not_signed_does_not_say_where_the_station_lies(ended, station):
    (station.folder / "lock").mkdir()
    assert write_all(ended, station.folder).record["certificate"]["refused"] == "lock: is a directory"
    (station.folder / "lock").rmdir()
    (station.folder / "station.key").chmod(0o644)
    refused = write_all(ended, station.folder).record["certificate"]["refused"]
    assert "the station's key station.key" in refused
    assert "chmod 600" in refused
    assert "backup" not in refused
    assert str(station.folder.parent) not in refused


def test_views_that_found_no_room_are_named(ended, station):
    assert absent(ended) == ["report.html", "junit.xml", "table.csv"]
    write_all(ended, station.folder)
    assert absent(ended) == []


def test_a_file_that_finds_no_room_leaves_no_half_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(files.Path, "write_bytes", lambda path, content: full(path, path.touch()))
    with pytest.raises(OSError, match="No space"):
        replace(tmp_path / "record.json", "{}")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_not_the_units_fault(monkeypatch, capsys):
    command = importlib.import_module("hil.cli.main")
    monkeypatch.setattr(command, "open_outlet", lambda: None)
    monkeypatch.setattr(command, "app", lambda: full("reports/x", b""))
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == "reports/x cannot be written: no space left on device\n"
