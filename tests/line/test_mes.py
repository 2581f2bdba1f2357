"""The factory's system: asked before a unit, told after it, and not always there."""

import json
import os
import select
import shlex
import tracemalloc

import pytest

from hil.line import Outbox, ask, mes

JOB = {"unit": "GS-1", "rig": "gs-trigger", "attempt": 1}
KEEP = "told = json.load(sys.stdin); pathlib.Path({path!r}).open('a').write(told['record']['unit'] + ' ')"


def test_a_unit_may_run_when_the_system_says_so(program):
    answer = ask(program("job = json.load(sys.stdin); print('welcome', job['unit']); sys.exit(job['question'] != 'may it run')"), JOB, 10)
    assert (answer.may_run, answer.says) == (True, "welcome GS-1")


def test_a_unit_may_not_run_and_the_reason_is_told(program):
    answer = ask(program("print('looking it up'); print('GS-1 is blocked: wrong step'); sys.exit(1)"), JOB, 10)
    assert (answer.may_run, answer.says) == (False, "GS-1 is blocked: wrong step")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("import signal; signal.pause()", "no answer in 0.5 s"),
        ("sys.exit(7)", "exit status 7"),
        ("os.kill(os.getpid(), 9)", "killed by signal 9"),
        ("print('no route to host', file=sys.stderr); sys.exit(2)", "no route to host"),
    ],
)
def test_a_system_that_is_not_reached_has_not_answered(program, command, says):
    answer = ask(program(command), JOB, 0.5 if "pause" in command else 10)
    assert answer.may_run is None
    assert says in answer.says


@pytest.mark.parametrize("command", ["/no/such/program", "", "'unbalanced"])
def test_a_command_that_is_none_is_named(command):
    answer = ask(command, JOB, 1)
    assert answer.may_run is None
    assert command.strip("'") in answer.says


def test_the_end_of_much_output_is_heard_without_keeping_all_of_it(program):
    much = "[sys.stdout.write('y' * 1_000_000) for _ in range(300)]; print('\\n\\x1b[31mwrong\\x07 step\\x1b[0m'); sys.exit(1)"
    asked = program(much)
    tracemalloc.start()
    answer = ask(asked, JOB, 60)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.may_run, answer.says) == (False, "wrong\ufffd step")
    assert peak < 5_000_000


def test_what_a_command_leaves_running_is_not_waited_for(program):
    left = "import subprocess; subprocess.Popen(['sleep', '30']); print('no'); sys.exit(1)"
    assert ask(program(left), JOB, 20).may_run is False


def test_what_a_command_has_started_ends_with_it_when_time_is_up(tmp_path):
    held = tmp_path / "held open by what runs"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    assert ask(shlex.join(["sh", "-c", f"sleep 60 > '{held}' & wait"]), JOB, 2).may_run is None
    assert select.select([reader], [], [], 30)[0], "it still runs"
    os.close(reader)


def test_a_serial_number_is_no_command(program, tmp_path):
    unit = f"$(touch {tmp_path}/owned); `touch {tmp_path}/owned`"
    answer = ask(program("print(os.environ['HIL_UNIT'] == json.load(sys.stdin)['unit'])"), {**JOB, "unit": unit}, 10)
    assert answer.says == "True"
    assert not (tmp_path / "owned").exists()


def test_the_system_is_told_the_record_the_status_and_the_label(program, record, tmp_path):
    told = tmp_path / "told.json"
    box = Outbox(tmp_path / "outbox")
    box.put(record("GS-1", "FAIL", simulated=True))

    after = box.send(program(f"pathlib.Path({str(told)!r}).write_text(sys.stdin.read())"), 10)

    heard = json.loads(told.read_text())
    assert (after.sent, after.waiting) == (1, 0)
    assert (heard["exit_status"], heard["record"]["unit"]) == (1, "GS-1")
    assert heard["label"]["text"] == "SIMULATED FAIL GS-1 2026-11-22"


def test_messages_wait_for_the_system_and_keep_their_order(program, record, tmp_path):
    box, heard = Outbox(tmp_path / "outbox"), tmp_path / "heard"
    for hour in (9, 7, 8):
        box.put(record(f"GS-{hour}", started=f"2026-11-22T{hour:02}:00:00Z"))

    offline = box.send(program("sys.exit(3)"), 10)
    online = box.send(program(KEEP.format(path=str(heard))), 10)

    assert (offline.sent, offline.waiting, offline.trouble) == (0, 3, "exit status 3")
    assert (online.sent, online.waiting) == (3, 0)
    assert heard.read_text() == "GS-7 GS-8 GS-9 "


def test_what_the_system_refuses_is_kept_aside_and_holds_nobody_up(program, record, tmp_path):
    box = Outbox(tmp_path / "outbox")
    box.put(record("GS-1", started="2026-11-22T06:00:00Z"))
    box.put(record("GS-2", started="2026-11-22T07:00:00Z"))

    after = box.send(
        program("bad = json.load(sys.stdin)['record']['unit'] == 'GS-1'; print('unknown unit') if bad else 0; sys.exit(bad)"), 10
    )

    assert (after.sent, after.waiting, after.refused) == (1, 0, ("GS-1: unknown unit",))
    assert len(box.refused()) == 1


@pytest.mark.parametrize("text", ['{"broken', "[]", '{"record": {}}', "\x00"])
def test_what_is_no_message_is_put_aside_and_holds_nobody_up(program, record, tmp_path, text):
    box = Outbox(tmp_path / "outbox")
    box.put(record("GS-1"))
    (box.folder / "20200101T000000Z-0.json").write_text(text)

    after = box.send(program("json.load(sys.stdin)"), 10)

    assert (after.sent, after.waiting, after.refused) == (1, 0, ("20200101T000000Z-0.json: not a message of ours",))
    assert len(box.refused()) == 1


def test_a_record_is_told_once_however_often_it_is_put(record, tmp_path):
    box = Outbox(tmp_path / "outbox")
    for _ in range(3):
        box.put(record("GS-1"))
    assert len(box.waiting()) == 1


def test_a_label_names_the_certificate_where_there_is_one(record):
    told = {**record("GS-1"), "certificate": {"number": "ST-01-000007", "refused": ""}}
    assert mes.label(told)["text"] == "PASS GS-1 ST-01-000007 2026-11-22"
