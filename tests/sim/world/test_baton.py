"""One baton: whoever comes, leaves, blocks or is interrupted at the worst moment, exactly one participant has it."""

import _thread
import socket
import sys
import threading

import pytest

from hil.sim import supervision
from hil.sim.participant import Participant, always
from hil.sim.world import World


@pytest.fixture
def baton(world):
    """The executive of a world in which this thread has the baton."""
    world.wait(always)
    return world.executive


def parked(executive, predicate):
    one = Participant("waiting")
    one.park(predicate, None, "something")
    executive.parked.append(one)
    return one


def test_nobody_who_comes_takes_the_baton_that_passes_from_a_blocked_thread_to_another(world, baton):
    took = []

    def predicate():
        comer = threading.Thread(target=lambda: took.append(world.wait(always)))
        comer.start()
        comer.join()

    waiting = parked(baton, predicate)
    baton.suspect(baton._holder, lambda: True)

    assert took == []
    assert baton._holder is waiting
    assert not waiting.gate.locked()


def test_a_thread_that_leaves_is_not_taken_for_blocked(baton):
    me, looks = baton._holder, []

    def predicate():
        if not looks:
            looks.append("the supervisor's")
            baton.suspect(me, lambda: True)
        return True

    waiting = parked(baton, predicate)
    baton.leave()

    assert baton._holder is waiting
    assert baton.pace.kept_by == 0


def test_a_thread_that_drives_is_not_taken_for_blocked_whatever_the_world_waits_for(world, baton):
    me, drivers = baton._holder, []
    parked(baton, lambda: False)

    def event():
        baton.suspect(me, lambda: True)
        drivers.append(baton._holder)

    world.at(5, event)
    world.sleep_until(10)

    assert drivers == [me]
    assert baton.pace.kept_by == 0


def test_a_thread_that_drives_for_long_is_not_given_up_while_time_moves(world, baton, monkeypatch):
    me, watch, given_up = baton._holder, supervision.Supervisor(baton), []
    seconds = iter(range(0, 100, 20))
    monkeypatch.setattr(supervision, "vitals", lambda _: ("R", 0, 0))
    monkeypatch.setattr(supervision, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(baton, "give_up_on", lambda *_: given_up.append(world.now_ns))
    for t_ns in (1, 2):
        world.at(t_ns, watch._look, me, 0)
    world.sleep_until(10)

    assert given_up == []


def test_whoever_comes_back_inside_when_others_have_looked_is_not_overlooked(world, baton, monkeypatch):
    said, come, looks = [], _thread.allocate_lock(), []
    come.acquire()
    ring = baton.pace.ring

    def come_back():
        outside = Participant("outside")
        outside.ident, outside.outside = _thread.get_ident(), True
        baton.members[outside.ident] = outside
        world.wait(always)
        said.append("back")
        baton.leave()

    def ring_and_say():
        ring()
        come.release()

    def service():
        if not looks:
            looks.append(1)
            _thread.start_new_thread(come_back, ())
            come.acquire()
        return False

    monkeypatch.setattr(baton.pace, "ring", ring_and_say)
    baton.pace.keep()
    world.serve(service)

    assert world.wait(lambda: said)


class InterruptedGate:
    """A gate at which Ctrl-C is heard when it has just been passed."""

    def __init__(self, gate):
        self.release, self._gate, self._heard = gate.release, gate, False

    def acquire(self, blocking=True):
        passed = self._gate.acquire(blocking)
        if not self._heard:
            self._heard = True
            raise KeyboardInterrupt
        return passed


def test_an_interrupt_heard_when_the_turn_has_come_is_raised_and_the_turn_kept(world, baton):
    me, said = baton._holder, []
    me.gate = InterruptedGate(me.gate)
    other = baton.enrol("other")

    def speak():
        baton.begin(other)
        said.append("hello")
        baton.leave()

    _thread.start_new_thread(speak, ())
    with pytest.raises(KeyboardInterrupt):
        world.wait(lambda: said)

    assert baton._holder is me
    assert me.gate._gate.locked()
    assert world.wait(lambda: said)


def test_a_thread_that_could_not_be_started_does_not_keep_the_baton():
    world = World()
    world.executive.foreign.add(_thread.get_ident())

    world.executive.withdraw(world.executive.enrol("never started"))

    assert world.executive._holder is None


def test_a_thread_of_no_class_is_watched_too(world, baton):
    here, there = socket.socketpair()
    said, runs = [], _thread.allocate_lock()
    runs.acquire()

    def listen():
        runs.release()
        world.wait(always)
        said.append("I listen")
        said.append(here.recv(10))
        baton.leave()

    _thread.start_new_thread(listen, ())
    runs.acquire()
    world.wait(lambda: said)
    there.send(b"hello")

    assert world.wait(lambda: b"hello" in said)
    here.close()
    there.close()


def test_a_thread_that_was_there_before_the_world_is_foreign_even_if_it_had_not_run_yet(monkeypatch):
    go, came = _thread.allocate_lock(), _thread.allocate_lock()
    go.acquire()
    came.acquire()
    worlds, waited = [], []

    def old():
        go.acquire()
        waited.append((worlds[0].wait(always), worlds[0].executive.knows(_thread.get_ident())))
        came.release()

    _thread.start_new_thread(old, ())
    with monkeypatch.context() as before_it_runs:
        before_it_runs.setattr(sys, "_current_frames", dict)
        worlds.append(World())
    go.release()
    came.acquire()

    assert waited == [(True, False)]


def start_unnoticed(work):
    """As a C library does: the thread takes part from its first wait, and nobody hears of its end."""
    runs, ended = _thread.allocate_lock(), _thread.allocate_lock()
    runs.acquire()
    ended.acquire()
    _thread.start_new_thread(lambda: (runs.release(), work(), ended.release()), ())
    runs.acquire()
    return ended


def test_a_thread_that_ends_with_the_baton_and_without_a_word_gives_it_up(world, baton):
    done = []
    start_unnoticed(lambda: (world.sleep(1), done.append("slept")))

    world.wait(lambda: done)
    while len(baton.members) > 1:  # supervision looks now and then
        world.sleep(0.001)

    assert world.now_ns >= 1_000_000_000


def test_the_end_of_a_thread_is_not_hidden_by_a_new_one_that_gets_its_number(world, baton):
    gone, came = [], []
    start_unnoticed(lambda: (world.sleep(1), gone.append(threading.get_native_id()))).acquire()
    while not supervision.has_ended(gone[0]):  # it took the baton with it
        pass

    newcomer = Participant("newcomer")
    newcomer.park(always, None, "its first turn")
    baton.parked.append(newcomer)
    _thread.start_new_thread(lambda: (baton.begin(newcomer), came.append(1), baton.leave()), ())
    world.wait(lambda: came)

    while len(baton.members) > 1:
        world.sleep(0.001)
    assert came == [1]


def test_a_thread_that_ends_outside_without_a_word_no_longer_keeps_the_pace(world, baton):
    here, there = socket.socketpair()
    said = []
    ended = start_unnoticed(lambda: (world.wait(always), said.append("I listen"), here.recv(10)))
    world.wait(lambda: said)
    while not baton.pace.kept_by:
        world.sleep(0.001)
    there.send(b"hello")
    ended.acquire()

    world.sleep(3600)

    assert baton.pace.kept_by == 0
    here.close()
    there.close()
