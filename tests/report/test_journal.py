"""The journal is append only, survives the death of its writer, and costs next to nothing."""

import json
import math
import os
import signal
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest

from hil.report import Journal, build, events
from hil.report.journal import SYNC_EVERY_NS, Tail, parse, read, replay
from hil.report.jsontext import document, line, number


class StoppedClock:
    """A clock that only the test moves."""

    now = 0

    def now_ns(self):
        return self.now

    def sleep(self, seconds):
        self.now += int(seconds * 1e9)


def written(path, told):
    with Journal(path) as journal:
        replay(told, journal.write)
    return path


def test_what_was_written_is_read_back(tmp_path, story):
    reading = read(written(tmp_path / "journal.jsonl", story.passing()))
    assert not reading.torn
    assert [event["event"] for event in reading.events] == [event["event"] for event in story.passing()]


def test_a_measurement_is_on_file_before_the_next_begins(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.write(events.not_said("anything"))
    assert read(journal.path).events == ({"event": "not_said", "text": "anything"},)
    journal.close()


def test_a_journal_is_never_continued(tmp_path):
    Journal(tmp_path / "journal.jsonl").close()
    with pytest.raises(FileExistsError):
        Journal(tmp_path / "journal.jsonl")


def test_listeners_hear_what_a_reader_will_read(tmp_path):
    heard = []
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.listeners.append(heard.append)
        journal.write({"event": "not_said", "text": Path("a/b"), "value": math.nan})
    assert tuple(heard) == read(tmp_path / "journal.jsonl").events


def test_measurements_are_synced_once_a_second_and_diagnoses_at_once(tmp_path, monkeypatch):
    synced, clock = [], StoppedClock()
    monkeypatch.setattr(os, "fdatasync", synced.append)
    journal = Journal(tmp_path / "journal.jsonl", clock)
    for _ in range(100):
        journal.write({"event": "measurement"})
    assert len(synced) == 0
    clock.now = SYNC_EVERY_NS
    journal.write({"event": "measurement"})
    journal.write({"event": "diagnosis"})
    assert len(synced) == 2


def test_a_journal_cut_at_any_byte_still_gives_a_record_that_is_not_a_pass(tmp_path, story):
    content = b"".join(line(event) for event in story.many(5))
    assert build(parse(content).events)["verdict"] == "PASS"
    for length in range(len(content)):
        reading = parse(content[:length])
        assert build(reading.events, torn=reading.torn)["verdict"] != "PASS", length


def test_a_failure_stays_a_failure_when_the_journal_breaks_off(story):
    content = b"".join(line(event) for event in story.failing())
    reading = parse(content[:-40])
    assert reading.torn
    assert build(reading.events, torn=True)["verdict"] == "FAIL"


def test_a_killed_writer_leaves_all_it_wrote(tmp_path):
    program = """
import os, signal, sys
from pathlib import Path
from hil.report.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(1000):
    journal.write({"event": "measurement", "number": number})
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "journal.jsonl")],
        check=False,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    assert ended.returncode == -signal.SIGKILL
    assert [event["number"] for event in read(tmp_path / "journal.jsonl").events] == list(range(1000))


def test_a_tail_gives_each_event_once_and_only_when_it_is_whole(tmp_path):
    path = tmp_path / "journal.jsonl"
    tail = Tail(path)
    assert tail.new() == []
    path.write_bytes(b'{"event":"started","test":"a"}\n{"event":"out')
    assert tail.new() == [{"event": "started", "test": "a"}]
    with path.open("ab") as file:
        file.write(b'come","test":"a"}\n')
    assert tail.new() == [{"event": "outcome", "test": "a"}]
    assert tail.new() == []


def test_numbers_that_are_not_finite_are_written_as_words():
    text = line({"event": "measurement", "value": math.nan, "upper": math.inf, "u": [-math.inf]})
    assert json.loads(text, parse_constant=pytest.fail) == {"event": "measurement", "value": "NaN", "upper": "Infinity", "u": ["-Infinity"]}
    assert [number(word) for word in ("Infinity", "-Infinity")] == [math.inf, -math.inf]
    assert all(math.isnan(number(word)) for word in ("NaN", "12", None, True))


def test_numpy_enums_and_paths_become_plain_json():
    kind = StrEnum("kind", {"PASS": "PASS"})
    content = {"a": np.float64(0.1), "b": np.int64(3), "c": np.arange(3), "d": kind.PASS, "e": Path("x"), "f": (1, 2), "g": np.bool_(True)}
    assert json.loads(document(content)) == {"a": 0.1, "b": 3, "c": [0, 1, 2], "d": "PASS", "e": "x", "f": [1, 2], "g": True}


def test_a_file_name_that_is_no_text_can_be_written():
    assert json.loads(line({"event": "x", "path": "a\udcffb"}))["path"] == "a\\udcffb"
