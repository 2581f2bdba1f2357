"""The simulated world: time, its order, and who takes part."""

import socket
import threading
from functools import partial

import pytest

from hil.sim import executive
from hil.sim.world import HostClock, SimDeadlock, World


def crew(world, *works):
    """Run each work in a thread of its own that takes part, and wait for all."""
    members = world.executive
    threads = []

    def live(me, work):
        members.begin(me)
        try:
            work()
        finally:
            members.leave()

    for number, work in enumerate(works):
        me = members.enrol(f"worker {number}")
        thread = threading.Thread(target=live, args=(me, work))
        thread.start()
        threads.append(thread)
    world.wait(lambda: not any(world.executive.knows(thread.ident) for thread in threads), what="the crew")
    for thread in threads:
        thread.join()


def test_events_happen_in_order_of_time_then_priority_then_insertion(world):
    seen = []
    for name, t_ns, priority in [("c", 20, 0), ("b", 10, 1), ("d", 20, 0), ("a", 10, 0)]:
        world.at(t_ns, seen.append, name, priority=priority)

    world.sleep_until(20)

    assert seen == ["a", "b", "c", "d"]


def test_a_cancelled_event_does_not_happen(world):
    seen = []
    world.cancel(world.at(5, seen.append, "no"))
    world.at(5, seen.append, "yes")

    world.sleep_until(6)

    assert seen == ["yes"]


def test_a_wait_ends_at_the_instant_its_predicate_comes_true(world):
    seen = []
    world.at(7, seen.append, 1)
    world.at(9, seen.append, 2)

    assert world.wait(lambda: seen) is True
    assert world.now_ns == 7


def test_a_wait_gives_up_at_its_deadline_exactly(world):
    world.at(1_000, lambda: None)

    assert world.wait(lambda: False, timeout_ns=400) is False
    assert world.now_ns == 400


def test_six_hundred_and_seventy_seconds_pass_at_once(world):
    world.sleep(670.74)

    assert world.now_ns == 670_740_000_000


def test_a_wait_that_nothing_can_end_is_named(world):
    with pytest.raises(SimDeadlock, match=r"MainThread waits for a frame with no deadline at test_world.py:\d+ in test_a_wait"):
        world.wait(lambda: False, what="a frame")


def test_of_two_that_wait_for_each_other_the_first_is_told_and_both_are_named(world):
    told = []

    def hang():
        try:
            world.wait(lambda: told, what="Godot")
        finally:
            told.append("worker went home")

    with pytest.raises(SimDeadlock, match=r"(?s)MainThread waits for the crew.*worker 0 waits for Godot"):
        crew(world, hang)

    told.append("never mind")
    world.wait(lambda: len(told) == 2)


def test_threads_run_one_at_a_time_and_in_an_order_that_is_always_the_same(world):
    def work(log, name, step_s):
        for turn in range(50):
            world.sleep(step_s)
            log.append((name, turn, world.now_ns))

    logs = []
    for _ in range(3):
        fresh = World()
        world, log = fresh, []
        crew(fresh, partial(work, log, "a", 0.003), partial(work, log, "b", 0.002))
        logs.append(log)

    assert logs[0] == logs[1] == logs[2]
    assert logs[0] == sorted(logs[0], key=lambda entry: entry[2])


def test_a_thread_in_a_real_system_call_counts_as_outside_and_the_others_go_on(world):
    here, there = socket.socketpair()
    heard = []

    def listen():
        heard.append(here.recv(10))

    def speak():
        world.sleep(0.05)
        there.send(b"hello")

    crew(world, listen, speak)

    assert heard == [b"hello"]
    assert world.executive.pace.kept_by == 0
    here.close()
    there.close()


def test_a_thread_that_never_waits_is_named():
    world = World(stuck_after_s=0.3)
    stop = []

    def spin():
        while not stop:
            pass

    with pytest.raises(RuntimeError, match=r"worker 0 has not waited once") as caught:
        crew(world, spin)

    stop.append(1)
    assert "in spin" in str(caught.value)
    assert caught.value.cause == "stuck"


def test_a_host_clock_drifts_and_converts_both_ways(world):
    clock = HostClock(world, offset_ns=5_000_000_000, ppm=40.0)

    clock.sleep(100.0)

    assert clock.now_ns() == 105_000_000_000
    assert world.now_ns == pytest.approx(100e9 / (1 + 40e-6), abs=1)
    assert clock.to_true(clock.to_host(123_456_789)) == 123_456_789


def test_a_wait_beside_which_only_devices_move_is_named(world, monkeypatch):
    monkeypatch.setattr(executive, "UNNOTICED_EVENTS", 1000)

    def tick():
        world.after(1_000_000, tick)

    tick()
    with pytest.raises(SimDeadlock, match="only devices move, and nobody is left to notice"):
        world.wait(lambda: False)
    assert world.now_ns == 1_000_000_000
