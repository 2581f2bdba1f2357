"""Records travel from one history to another, and arrive once each."""

import gzip
import json

import pytest

from hil.errors import UserError
from hil.history import exchange, units
from hil.history.choice import Choice, resolved
from hil.history.store import History
from hil.report.jsontext import document
from hil.station.seal import sha256_of

from .made import START, record


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
    assert exchange.export(history, Choice(), tmp_path / "x.jsonl.gz") == 3
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
    assert exchange.export(history, Choice(since_s=START + 1, until_s=START + 3), tmp_path / "x.jsonl") == 2
    assert exchange.export(history, Choice(station="ST-1"), tmp_path / "x.jsonl") == 2


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
