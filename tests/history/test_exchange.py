"""Records travel from one history to another, and arrive once each."""

import gzip
import hashlib
import json

import pytest

from hil.errors import UserError
from hil.history import evidence, exchange, units
from hil.history.choice import Choice, resolved
from hil.history.store import History
from hil.report.jsontext import document
from hil.station.seal import sha256_of

from .made import START, record, seal


@pytest.fixture
def other(tmp_path):
    with History.open(str(tmp_path / "other.sqlite")) as opened:
        yield opened


def test_what_was_exported_arrives_with_every_byte_of_its_text(history, other, tmp_path):
    told = [
        record("A", at=START + 1, station="ST-1", sequence=1),
        record("B", at=START, simulated=True),
        record(None, float("nan"), at=START + 2),
    ]
    for one in told:
        history.add(one)
    assert exchange.export(history, Choice(), tmp_path / "x.jsonl.gz").records == 3
    done = exchange.import_files(other, [tmp_path / "x.jsonl.gz"])
    assert (done.added, done.known, done.objections) == (3, 0, [])
    assert [document(other.record(key)) for key in (1, 2, 3)] == [document(told[at]) for at in (1, 0, 2)]


def test_importing_again_changes_nothing_and_equal_histories_export_equal_bytes(history, other, tmp_path):
    for at in range(3):
        history.add(record(f"U{at}", at=START + at))
    exchange.export(history, Choice(), tmp_path / "x.jsonl.gz")
    exchange.import_files(other, [tmp_path / "x.jsonl.gz"])
    again = exchange.import_files(other, [tmp_path / "x.jsonl.gz"])
    exchange.export(other, Choice(), tmp_path / "y.jsonl.gz")
    assert (again.added, again.known) == (0, 3)
    assert (tmp_path / "x.jsonl.gz").read_bytes() == (tmp_path / "y.jsonl.gz").read_bytes()


def test_what_is_wrong_is_named_by_its_line_and_all_good_ones_are_taken(history, tmp_path):
    history.add(record("A", station="ST-1", sequence=1))
    lines = [
        json.dumps(record("B", at=START + 1)),
        json.dumps(record("C") | {"verdict": "FAIL"}),
        json.dumps(record("X", station="ST-1", sequence=1)),
        "half a li",
        json.dumps({"schema": "other"}),
        json.dumps(record("D") | {"seal": {}}),
        "",
        json.dumps(record("E", at=START + 2)),
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    done = exchange.import_files(history, [tmp_path / "x.jsonl"])
    assert done.added == 2
    said = "\n".join(sorted(done.objections))
    expected = {2: "it was changed", 3: "station ST-1 has another record number 1", 4: "not a rec", 5: "not a rec", 6: "it is not sealed"}
    for line, words in expected.items():
        assert f"x.jsonl:{line}: {words}" in said


def test_a_report_folder_can_be_imported_too(history, tmp_path):
    (tmp_path / "record.json").write_text(document(record("A")))
    assert exchange.import_files(history, [tmp_path]).added == 1
    with history.reading() as connection:
        assert units.counts(connection, resolved(connection, Choice())) == (1, 0)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"x" * 9999, mtime=0)[:20]], ids=["none", "torn"])
def test_a_file_that_is_broken_is_said(history, tmp_path, content):
    (tmp_path / "x.jsonl.gz").write_bytes(content)
    with pytest.raises(UserError, match=r"x\.jsonl\.gz: cannot be read"):
        exchange.import_files(history, [tmp_path / "x.jsonl.gz"])


def test_only_what_was_chosen_is_exported(history, tmp_path):
    for at in range(4):
        history.add(record(f"U{at}", at=START + at, station=f"ST-{at % 2}", sequence=at))
    assert exchange.export(history, Choice(since_s=START + 1, until_s=START + 3), tmp_path / "x.jsonl").records == 2
    assert exchange.export(history, Choice(station="ST-1"), tmp_path / "x.jsonl").records == 2


def test_an_export_that_cannot_be_written_leaves_nothing(history, tmp_path):
    history.add(record())
    with pytest.raises(UserError, match="cannot be written"):
        exchange.export(history, Choice(), tmp_path / "nowhere" / "x.jsonl")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "odd", [{"measurements": [{"attempt": "many"}]}, {"plan": 5}, {"started": 7, "unit": 12}, {"unit": "a\0b"}, {"certificate": "none"}]
)
def test_a_sealed_record_of_an_odd_shape_is_taken_or_refused_never_a_traceback(history, tmp_path, odd):
    made = record() | odd
    made["seal"] = {**made["seal"], "sha256": sha256_of(made)}
    (tmp_path / "x.jsonl").write_text(json.dumps(made) + "\n" + json.dumps(record("B", at=START + 9)))
    done = exchange.import_files(history, [tmp_path / "x.jsonl"])
    assert done.added + len(done.objections) == 2
    assert done.added >= 1


def test_several_processes_find_the_same_in_the_same_order(history, tmp_path, monkeypatch):
    lines = [json.dumps(record(f"U{at}", at=START + at) | ({"verdict": "FAIL"} if at == 60 else {})) for at in range(120)]
    (tmp_path / "x.jsonl").write_text("\n".join([*lines[:50], "", "torn", *lines[50:]]))
    monkeypatch.setattr(exchange, "_MANY", 0)
    done = exchange.import_files(history, [tmp_path / "x.jsonl"])
    assert done.added == 119
    assert [one.partition("x.jsonl:")[2].partition(":")[0] for one in done.objections] == ["52", "63"]


PICTURE = b"<svg>wires</svg>"


@pytest.fixture
def run(tmp_path):
    """The folder of a run that has attached a picture, and its record."""
    folder = tmp_path / "U" / "run"
    folder.mkdir(parents=True)
    (folder / "wiring.svg").write_bytes(PICTURE)
    attached = {"name": "wiring", "path": "wiring.svg", "mime": "image/svg+xml", "sha256": hashlib.sha256(PICTURE).hexdigest(), "test": ""}
    (folder / "record.json").write_text(document(record("A", attachments=[attached])))
    return folder


def test_evidence_travels_with_its_records_and_arrives_once(history, other, run, tmp_path):
    first = exchange.import_files(history, [run])
    exchange.export(history, Choice(), tmp_path / "x.jsonl.gz")
    done = [exchange.import_files(other, [tmp_path / "x.jsonl.gz"]) for _ in range(2)]
    assert [(one.added, one.known, one.evidence, one.objections) for one in (first, *done)] == [(1, 0, 1, []), (1, 0, 1, []), (0, 1, 0, [])]
    ((name, sha256),) = other.evidence([1])[1]
    assert (name, evidence.content(other.evidence_folder, sha256)) == ("wiring", PICTURE)


def test_evidence_that_comes_later_joins_its_record(history, other, run, tmp_path):
    exchange.import_files(history, [run])
    exchange.export(history, Choice(), tmp_path / "bare.jsonl", evidence=False)
    exchange.export(history, Choice(), tmp_path / "whole.jsonl")
    exchange.import_files(other, [tmp_path / "bare.jsonl"])
    assert other.evidence([1]) == {}
    assert exchange.import_files(other, [tmp_path / "whole.jsonl"]).evidence == 1
    assert [name for name, _ in other.evidence([1])[1]] == ["wiring"]


def test_evidence_that_was_changed_is_named_and_left_out(history, other, run, tmp_path):
    exchange.import_files(history, [run])
    exchange.export(history, Choice(), tmp_path / "x.jsonl")
    (tmp_path / "x.jsonl").write_bytes((tmp_path / "x.jsonl").read_bytes().replace(b'"base64":"', b'"base64":"AAAA'))
    travelled = exchange.import_files(other, [tmp_path / "x.jsonl"])
    (run / "wiring.svg").write_bytes(b"another")
    again = exchange.import_files(other, [run])
    (kept,) = history.evidence_folder.glob("*/*")
    kept.write_bytes(b"rotten")
    exported = exchange.export(history, Choice(), tmp_path / "y.jsonl")
    assert (travelled.added, travelled.evidence, again.known, again.evidence) == (1, 0, 1, 0)
    assert "x.jsonl:1: evidence that was changed" in travelled.objections[0]
    assert "wiring.svg: not what the record names" in again.objections[0]
    assert "is gone, or was changed" in exported.missing[0]


def test_a_folder_of_many_runs_is_imported_whole(history, run, tmp_path):
    broken = run.parent / "torn"
    broken.mkdir()
    (broken / "record.json").write_text('{"half')
    done = exchange.import_files(history, [tmp_path])
    assert (done.added, len(done.objections)) == (1, 1)


def test_what_stands_before_a_break_and_in_other_files_is_taken(history, tmp_path):
    lines = b"".join(json.dumps(record(f"U{at}", at=START + at)).encode() + b"\n" for at in range(50))
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0)[:-2000])
    (tmp_path / "good.jsonl").write_text(json.dumps(record("Z")))
    done = exchange.import_files(history, [tmp_path / "torn.jsonl.gz", tmp_path / "good.jsonl"])
    assert 10 < done.added < 51
    assert f"torn.jsonl.gz: cannot be read any further than line {done.added - 1}" in done.objections[0]


@pytest.mark.parametrize(
    ("place", "odd"),
    [
        (("ST-1", 10**30), {}),
        (("ST\0", 1), {}),
        ((None, None), {"certificate": {"number": "C\0", "refused": ""}}),
        ((None, None), {"attempt": 10**12}),
    ],
)
def test_what_no_column_takes_is_refused_and_holds_nobody_up(history, tmp_path, place, odd):
    made = seal({**record("A"), **odd, "seal": {}}, *place)
    (tmp_path / "x.jsonl").write_text(json.dumps(made) + "\n" + json.dumps(record("B")))
    done = exchange.import_files(history, [tmp_path / "x.jsonl"])
    assert (done.added, len(done.objections)) == (1, 1)


def test_a_station_that_nobody_knows_is_said(history, tmp_path):
    history.add(record(station="ST-1", sequence=1))
    with pytest.raises(UserError, match="no station 'ST-2'"):
        exchange.export(history, Choice(station="ST-2"), tmp_path / "x.jsonl")
