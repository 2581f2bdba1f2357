"""Several processes in one virtual world: what is told is heard at its instant, whoever is quicker."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hil.sim import link_hub
from hil.sim.link_hub import Hub
from hil.sim.participant import SimDeadlock, SimStuck
from hil.sim.world import World

SPOKE = Path(__file__).parent / "run_spoke.py"
PERIODS_NS = {"a": 1_000_000, "b": 700_001}


class Linked:
    """A hub's world with spokes "a" and "b" in processes of their own."""

    def __init__(self, folder, order=("a", "b"), load="idle"):
        self.world = World(seed=1)
        self.hub = Hub(self.world, folder, ["a", "b"])
        self.heard, self.logs, self.ends = [], {}, []
        self.hub.hear("count", lambda said: self.heard.append((self.world.now_ns, *said)))
        self.hub.hear("log", lambda said: self.logs.update({said[0]: said[1]}))
        self.hub.on_end = lambda name, error: self.ends.append((name, error))
        self.processes = {name: self._start(name, load) for name in order}
        self.hub.await_all(lambda: None)

    def _start(self, name, load):
        return subprocess.Popen([sys.executable, str(SPOKE), str(self.hub.path), name, str(PERIODS_NS[name]), load])

    def run(self, seconds):
        """What everybody has heard by then."""
        self.world.sleep(seconds)
        self.hub.tell("finish", None)
        self.world.wait(lambda: len(self.logs) == 2, 10**9)
        return self.heard, self.logs

    def close(self):
        self.hub.close()
        self.world.close()
        return [process.wait(20) for process in self.processes.values()]


@pytest.fixture
def linked(tmp_path):
    with contextlib.ExitStack() as stack:

        def start(**how):
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            one = Linked(folder, **how)
            stack.callback(one.close)
            return one

        yield start


def test_what_is_told_is_heard_at_its_instant_and_answered_there(linked):
    heard, logs = linked().run(0.1)
    assert [at for at, kind, who, _ in heard if kind == "ping" and who == "a"] == [10_000_000 * n for n in range(1, 11)]
    assert [at for at, kind, *_ in logs["b"] if kind == "ping"] == [10_000_000 * n for n in range(1, 11)]
    pings = {(who, number): at for at, kind, who, number in heard if kind == "ping"}
    pongs = {("ab"[who == "a"], number): at for at, kind, who, number in heard if kind == "pong"}
    assert pongs == pings


def test_the_numbers_are_the_same_whoever_starts_first_and_under_load(linked):
    usual = linked().run(0.2)
    assert linked(order=("b", "a")).run(0.2) == usual
    assert linked(load="busy").run(0.05)[0] == [entry for entry in usual[0] if entry[0] <= 50_000_000]


def test_time_stands_still_in_the_hub_until_everybody_has_come_so_far(linked):
    one = linked()
    seen = []
    one.world.at(35_000_000, lambda: seen.append(len([h for h in one.heard if h[1:3] == ("ping", "a")])))
    one.run(0.05)
    assert seen == [3]


def test_a_process_that_dies_is_told_and_the_others_go_on(linked):
    one = linked()
    one.world.sleep(0.01)
    one.processes["b"].kill()
    one.processes["b"].wait(20)
    one.world.sleep(0.01)
    assert one.ends == [("b", None)]
    assert one.world.now_ns == 20_000_000


def test_a_process_that_has_died_is_not_the_end_of_the_one_it_goes_together_with(linked):
    one = linked()
    one.world.sleep(0.01)
    one.processes["b"].kill()
    one.processes["b"].wait(20)
    one.hub.tell("finish", None)
    assert one.world.wait(lambda: one.logs, 10**9)
    assert one.ends == [("b", None)]
    assert list(one.logs) == ["a"]


def test_a_process_that_does_not_report_is_named(linked):
    one = linked()
    one.hub._stuck_after_s = 0.3
    one.processes["b"].send_signal(signal.SIGSTOP)
    one.world.sleep(0.01)
    one.processes["b"].kill()
    assert isinstance(one.ends[0][1], SimStuck)
    assert "host b has not waited once in 0.3 s" in str(one.ends[0][1])


def test_a_process_that_gets_no_processor_is_not_given_up(linked, monkeypatch):
    one = linked()
    one.hub._stuck_after_s = 0.3
    process, waited_s = one.processes["b"], iter([0.0, 20.0])

    def unserved_s(_):
        seen = next(waited_s, 20.0)
        if seen:
            process.send_signal(signal.SIGCONT)
        return {"1": seen}

    process.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(link_hub, "unserved_s", lambda pid: unserved_s(pid) if pid == process.pid else {})
    one.world.sleep(0.01)
    assert one.ends == []


def test_processes_end_with_their_hub(linked):
    assert linked().close() == [0, 0]


def test_a_wait_that_nobody_can_end_is_a_deadlock_also_with_processes(linked):
    one = linked()
    for process in one.processes.values():
        process.kill()
        process.wait(20)
    with pytest.raises(SimDeadlock):
        one.world.wait(lambda: False)
