"""Several runs watched from outside, through their journals."""

import io

import pytest
from rich.console import Console

from hil.report import Followed, Journal, Live, Terminal
from hil.report.journal import replay


class StoppedClock:
    """A clock that only the test moves."""

    now = 0

    def now_ns(self):
        return self.now

    def sleep(self, seconds):
        self.now += int(seconds * 1e9)


@pytest.fixture
def bench(tmp_path):
    """Two runs to follow, a function that writes a journal of one, and what is printed."""

    class Bench:
        def __init__(self):
            self.out = io.StringIO()
            self.runs = [Followed(rig, tmp_path / rig / "journal.jsonl") for rig in ("rig-a", "rig-b")]
            self.live = Live(self.runs, Console(file=self.out, width=100), StoppedClock())

        def write(self, index, told):
            self.runs[index].journal.parent.mkdir()
            with Journal(self.runs[index].journal) as journal:
                replay(told, journal.write)

        @property
        def text(self):
            return self.out.getvalue()

    return Bench()


def test_blocks_come_in_the_order_asked_for_whoever_is_ready_first(bench, story):
    bench.write(1, story.failing())
    bench.live.closed(1)
    assert bench.text == ""
    bench.write(0, story.passing())
    bench.live.closed(0)
    assert bench.text.index("PASS  CM3-0042") < bench.text.index("FAIL  CM3-0042")


def test_a_summary_counts_the_verdicts_the_worst_first(bench, story):
    bench.write(0, story.passing())
    bench.write(1, story.broken())
    records = bench.live.finish()
    assert [record["verdict"] for record in records] == ["PASS", "ERROR"]
    assert bench.text.splitlines()[-1] == "1 ERROR · 1 PASS   71 s on the rigs' clocks in 0.0 s"


def test_one_run_looks_as_in_its_own_terminal(story, tmp_path):
    journal = tmp_path / "journal.jsonl"
    with Journal(journal) as writer:
        replay(story.passing(), writer.write)
    followed, own = io.StringIO(), io.StringIO()
    with Live([Followed("camera-module-3", journal)], Console(file=followed, width=100), StoppedClock()) as live:
        live.poll()
        live.finish()
    terminal = Terminal(Console(file=own, width=100), tmp_path, StoppedClock())
    replay(story.passing(), terminal.feed)
    terminal.finish()
    assert followed.getvalue() == own.getvalue()


def test_a_process_that_died_without_a_journal_is_an_error_with_its_last_words(bench, story):
    bench.write(1, story.passing())
    bench.live.closed(0, "no camera: CAM1 is empty")
    records = bench.live.finish()
    assert "ERROR  rig rig-a   no camera: CAM1 is empty" in bench.text
    assert records[0]["verdict"] == "ERROR"


def test_a_process_that_was_killed_is_incomplete(bench, story):
    bench.write(0, story.passing()[:-1])
    bench.write(1, story.passing())
    assert [record["verdict"] for record in bench.live.finish()] == ["INCOMPLETE", "PASS"]


def test_a_terminal_has_a_line_for_each_rig_that_is_not_printed_yet(story, tmp_path):
    out = io.StringIO()
    runs = [Followed(rig, tmp_path / rig) for rig in ("rig-a", "rig-b")]
    with Live(runs, Console(file=out, width=100, force_terminal=True), StoppedClock()) as live:
        live.poll()
    assert "rig-a" in out.getvalue()
    assert "rig-b" in out.getvalue()
