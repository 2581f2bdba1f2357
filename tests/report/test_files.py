"""Where a run's files lie, and what is written there."""

import json
import os
import re
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hil.errors import UserError
from hil.report import Journal, build, events, load, run_dir, write_all
from hil.report.files import LONGEST_NAME, refuse_unwritable, replace, safe_name
from hil.report.journal import replay
from hil.report.jsontext import document
from hil.report.junit import junit
from hil.report.serials import checked_serial

STARTED = "2026-11-22T14:03:11Z"


def run_in(folder, told):
    with Journal(folder / "journal.jsonl") as journal:
        replay(told, journal.write)
    return write_all(folder)


def test_a_run_lies_under_its_unit_its_time_and_its_rig(tmp_path):
    folder = run_dir(tmp_path, unit="CM3-0042", rig="camera-module-3", started=STARTED)
    assert folder == tmp_path / "CM3-0042" / "20261122T140311Z-camera-module-3"
    assert folder.is_dir()


def test_two_runs_in_one_second_get_folders_of_their_own(tmp_path):
    folders = {run_dir(tmp_path, unit=None, rig="gs", started=STARTED).name for _ in range(3)}
    assert folders == {"20261122T140311Z-gs", "20261122T140311Z-gs-2", "20261122T140311Z-gs-3"}


@pytest.mark.parametrize(
    "serial", ["../../x", "/etc/passwd", "..", ".", "-rf", "a" * 128, "\N{PILE OF POO}", "SN 42/7", "COM1:\\x", "naïve", "CON"]
)
def test_any_serial_has_one_safe_folder_below_the_reports(tmp_path, serial):
    folder = run_dir(tmp_path, unit=serial, rig="gs", started=STARTED)
    assert folder.resolve().parent.parent == tmp_path.resolve()
    assert len(folder.parent.name) <= LONGEST_NAME + 9
    assert folder.parent.name.isascii()


def test_two_serials_never_share_a_folder():
    serials = ["a/b", "a_b", "a?b", "a" * 65, "a" * 66, ".x", "x", "_", "é", "è"]
    assert len({safe_name(serial) for serial in serials}) == len(serials)


@pytest.mark.parametrize("serial", ["history.sqlite", "history.sqlite-wal", "no-unit", "CON", "lpt1.txt", "name."])
def test_a_serial_that_is_the_name_of_something_else_gets_another_folder(serial):
    assert re.fullmatch(r"[A-Za-z0-9_-]+-[0-9a-f]{8}", safe_name(serial))


@pytest.mark.parametrize("serial", ["HQ-1 ", " HQ-1", "HQ-1\u00a0", "HQ\u200b-1", "\ufeffHQ-1", "HQ-1\u200d", "\u2060", "HQ-1\uffff"])
def test_a_serial_with_something_that_is_not_seen_is_refused(serial):
    with pytest.raises(UserError, match="one line of text"):
        checked_serial(serial)


@pytest.mark.parametrize("serial", ["\U0001f469\u200d\U0001f527", "\u05e9\u05dc-1", "\U0001f3f4\U000e0067\U000e007f", "x\u0301"])
def test_joined_emoji_and_other_scripts_are_serial_numbers(serial):
    assert checked_serial(serial) == serial


@pytest.mark.parametrize("serial", ["", "   ", "a\nb", "\x00", "\x1b[31m", "a\u202eb", "\udcff", "a" * 129])
def test_what_is_no_serial_number_is_refused_with_the_rule(serial):
    with pytest.raises(UserError, match="one line of text"):
        checked_serial(serial)


def test_all_views_lie_beside_the_journal(tmp_path, story):
    written = run_in(tmp_path, story.passing())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "certificate.pdf",
        "journal.jsonl",
        "junit.xml",
        "record.json",
        "report.html",
        "table.csv",
    ]
    assert written.record["verdict"] == "PASS"
    assert load(tmp_path) == load(tmp_path / "record.json") == [json.loads((tmp_path / "record.json").read_text())]


def test_a_torn_journal_gets_its_views_too(tmp_path, story):
    with Journal(tmp_path / "journal.jsonl") as journal:
        replay(story.passing(), journal.write)
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-1])
    assert write_all(tmp_path).record["verdict"] == "INCOMPLETE"


def test_the_environment_of_an_allure_report_names_unit_plan_and_versions(tmp_path, story):
    (tmp_path / "allure-results").mkdir()
    run_in(tmp_path, story.passing(simulated=True))
    text = (tmp_path / "allure-results" / "environment.properties").read_text()
    assert "unit=CM3-0042\n" in text
    assert "simulated=yes, seed 1\n" in text


def test_json_is_always_an_array(tmp_path, story):
    replace(tmp_path / "all.json", document([build(story.passing())]))
    assert [record["verdict"] for record in load(tmp_path / "all.json")] == ["PASS"]


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "real.json").chmod(0o640)
    (tmp_path / "link.json").symlink_to("real.json")
    replace(tmp_path / "link.json", document([]))
    assert (tmp_path / "link.json").is_symlink()
    assert load(tmp_path / "real.json") == []
    assert (tmp_path / "real.json").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    refuse_unwritable("--json", pipe)
    replace(pipe, document([]))
    reader.join(10)
    assert pipe.is_fifo()
    assert json.loads(heard[0]) == []


def test_a_device_is_written_to_and_stays_a_device():
    refuse_unwritable("--json", "/dev/null")
    replace(Path("/dev/null"), document([]))
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "the name is empty"),
        (".", "it is a folder"),
        ("none/x.json", "there is no folder"),
        ("/proc/x.json", "no file can be made in /proc"),
    ],
)
def test_where_no_json_can_be_written_is_said_before_anything_runs(tmp_path, monkeypatch, name, found):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=found):
        refuse_unwritable("--json", name)
    assert not list(tmp_path.iterdir())


def test_what_can_be_written_is_not_touched_by_asking(tmp_path):
    (tmp_path / "old.json").write_text("old")
    for name in ("old.json", "new.json"):
        refuse_unwritable("--json", tmp_path / name)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old.json", "old")]


@pytest.mark.parametrize("root", ["file", "file/below", "/proc"])
def test_a_reports_folder_that_cannot_be_made_is_the_callers_mistake(tmp_path, root):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="a folder for the reports"):
        run_dir(tmp_path / root, unit=None, rig="gs", started=STARTED)


@pytest.mark.parametrize("content", ["", "[1]", '{"schema": "other"}', "not json"])
def test_a_file_that_is_no_record_is_named(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(UserError, match=r"x\.json: not a record"):
        load(tmp_path / "x.json")


def test_a_record_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match="no record"):
        load(tmp_path / "nowhere")


def test_junit_has_a_case_for_each_test_and_a_property_for_each_measurement(story):
    suite = ET.fromstring(junit(build(story.failing()))).find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("7", "1", "0")
    values = [prop.get("value") for prop in suite.iter("property") if prop.get("name") == "frame_rate cm3 2304x1296"]
    assert values == ["55.9012 Hz, U 0.0034, limits 56.0117 .. 56.0341, FAIL"]


def test_junit_calls_a_broken_rig_an_error_and_what_did_not_run_skipped(story):
    broken = ET.fromstring(junit(build(story.broken()))).find("testsuite")
    assert (broken.get("failures"), broken.get("errors")) == ("0", "1")
    stopped = ET.fromstring(junit(build(story.interrupted()))).find("testsuite")
    assert int(stopped.get("skipped")) == 3


def test_junit_takes_nothing_for_a_success(story):
    for told in ([], [story.opening(), events.planned([]), events.end(rig_s=0.0, wall_s=0.0)]):
        assert ET.fromstring(junit(build(told))).find("testsuite/testcase/error") is not None


def test_junit_is_xml_whatever_the_reason_says(story):
    told = [*story.passing()[:-1], events.outcome("test_x", "error", reason="\x1b[31m<&\x00\ud800>", traceback="]]>")]
    assert ET.fromstring(junit(build(told))).find("testsuite/testcase/error") is not None
