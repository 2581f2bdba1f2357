"""Threads, locks, queues and clocks of a program that lives in simulated time."""

# Dates without a zone are what most programs use.
# ruff: noqa: DTZ005, DTZ006, DTZ011

import _thread
import asyncio
import copy
import datetime as dt
import multiprocessing
import os
import pickle
import queue
import select
import selectors
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hil.sim.edge.threads import Lock
from hil.sim.world import SimDeadlock

pytestmark = pytest.mark.usefixtures("simulated")


def started(work, *args, **options):
    thread = threading.Thread(target=work, args=args, **options)
    thread.start()
    return thread


def test_a_thread_may_begin_while_its_starter_is_still_inside_the_event_that_tells(monkeypatch):
    thread, refused = threading.Thread(target=time.sleep, args=(1,)), _thread.allocate_lock()
    refused.acquire()
    event, acquire, wait = thread._started, Lock.acquire, thread._started.wait

    def acquire_and_say(self, *how):
        if self is event._cond._lock and refused.locked():
            refused.release()
        return acquire(self, *how)

    def wait_inside(timeout=None):
        with event._cond:
            refused.acquire()
        return wait(timeout)

    monkeypatch.setattr(Lock, "acquire", acquire_and_say)
    monkeypatch.setattr(event, "wait", wait_inside)
    thread.start()
    thread.join()
    assert time.monotonic() == 1001.0


def test_a_sleep_takes_exactly_its_time_on_the_hosts_clock():
    before = time.monotonic_ns()

    time.sleep(2.5)

    assert time.monotonic_ns() - before == 2_500_000_000
    assert time.monotonic() == time.perf_counter() == time.clock_gettime(time.CLOCK_MONOTONIC) == 1002.5
    assert time.time() == time.time_ns() / 1e9 == time.clock_gettime(time.CLOCK_REALTIME)
    assert time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()) == "2026-01-01 00:16:42"


def test_dates_are_the_hosts_and_plain_ones():
    time.sleep(86_400)
    now, today = dt.datetime.now(), dt.date.today()

    assert now.replace(tzinfo=None) == dt.datetime.fromtimestamp(time.time())
    assert dt.datetime.now(dt.UTC).isoformat() == "2026-01-02T00:16:40+00:00"
    assert isinstance(now, dt.datetime)
    assert isinstance(now, dt.date)
    assert not isinstance(today, dt.datetime)
    assert isinstance(now - dt.timedelta(days=1), dt.datetime)
    assert pickle.loads(pickle.dumps((now, today))) == copy.deepcopy((now, today)) == (now, today)
    assert type(now).__module__ == "datetime"


class Special(dt.datetime):
    pass


def test_a_programs_own_kind_of_date_is_that_kind():
    class Own(dt.datetime):
        pass

    assert type(Own.now()) is Own
    assert type(Own(2026, 1, 1)) is Own
    assert not isinstance(dt.datetime.now(), Own)
    assert type(Special(2026, 1, 1)) is Special


@pytest.mark.parametrize("seconds", [-1, "1", None, float("nan")])
def test_what_sleep_refuses_it_still_refuses(seconds):
    with pytest.raises((ValueError, TypeError)):
        time.sleep(seconds)


def test_a_loop_that_polls_the_clock_ends():
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        pass

    assert end <= time.monotonic() < end + 0.001


def test_a_program_that_polls_for_long_has_to_ask_50000_times_a_second_and_no_more():
    begin, asked = time.monotonic(), 0
    while time.monotonic() < begin + 0.5:
        asked += 1

    assert asked == pytest.approx(25_000, rel=0.05)


def wait_for_nothing(condition):
    with condition:
        return condition.wait_for(lambda: False, 0.5)


def get_nothing(line):
    with pytest.raises(queue.Empty):
        line.get(timeout=0.5)


def taken(lock):
    lock.acquire()
    return lock


WAITS = {
    "event": lambda: threading.Event().wait(0.5),
    "lock": lambda: taken(threading.Lock()).acquire(timeout=0.5),
    "semaphore": lambda: threading.Semaphore(0).acquire(timeout=0.5),
    "condition": lambda: wait_for_nothing(threading.Condition()),
    "queue": lambda: get_nothing(queue.Queue()),
    "simple queue": lambda: get_nothing(queue.SimpleQueue()),
    "select": lambda: select.select([], [], [], 0.5)[0],
    "selector": lambda: selectors.DefaultSelector().select(0.5),
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_a_wait_with_a_timeout_ends_at_it(wait):
    assert not wait()

    assert time.monotonic_ns() == 1_000_500_000_000


def test_an_event_set_by_a_thread_ends_the_wait_then_and_there():
    event = threading.Event()
    thread = started(lambda: (time.sleep(0.3), event.set()))

    assert event.wait(10)
    assert time.monotonic() == 1000.3
    thread.join()


def test_a_lock_whose_holder_sleeps_is_got_when_it_wakes():
    for lock in (threading.Lock(), threading.RLock(), threading.Condition()):
        before = time.monotonic()

        def hold(lock=lock):
            with lock:
                time.sleep(1)

        thread = started(hold)
        time.sleep(0.1)
        with lock:
            assert time.monotonic() - before == pytest.approx(1)
        thread.join()


def test_a_recursive_lock_may_be_taken_again_by_its_owner_only():
    lock = threading.RLock()
    with lock, lock:
        results = []
        started(lambda: results.append(lock.acquire(blocking=False))).join()
        started(lambda: results.append(lock.acquire(timeout=0.2))).join()

    assert results == [False, False]
    assert time.monotonic() == 1000.2


def test_a_condition_hands_over_and_takes_its_lock_back():
    items, seen, condition = [], [], threading.Condition()

    def take():
        with condition:
            while not items:
                condition.wait()
            seen.append((items.pop(), time.monotonic()))

    thread = started(take)
    time.sleep(1)
    with condition:
        items.append("a")
        condition.notify()
        time.sleep(1)
    thread.join()

    assert seen == [("a", 1002.0)]


def test_a_queue_between_producer_and_consumer_keeps_order_and_time():
    line, seen = queue.Queue(maxsize=2), []

    def produce():
        for number in range(5):
            line.put(number)
        line.put(None)

    thread = started(produce)
    while (number := line.get()) is not None:
        time.sleep(0.1)
        seen.append((number, round(time.monotonic() - 1000, 6)))
    thread.join()

    assert seen == [(n, round(0.1 * (n + 1), 6)) for n in range(5)]


def test_barriers_timers_and_executors_work():
    order, barrier = [], threading.Barrier(3)

    def meet(name):
        time.sleep(0.1 * name)
        barrier.wait()
        order.append((name, time.monotonic()))

    threads = [started(meet, name) for name in (1, 2, 3)]
    for thread in threads:
        thread.join()
    assert {round(when, 6) for _, when in order} == {1000.3}

    timer = threading.Timer(5, order.append, ["tick"])
    timer.start()
    timer.join()
    assert order[-1] == "tick"
    assert time.monotonic() == 1005.3

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda s: time.sleep(s) or s, [0.4, 0.2, 0.1])) == [0.4, 0.2, 0.1]
    assert time.monotonic() == pytest.approx(1005.7)


def test_a_join_gives_up_at_its_timeout_and_is_alive_tells_the_truth():
    thread = started(time.sleep, 2, name="sleeper")

    thread.join(0.5)

    assert thread.is_alive()
    thread.join()
    assert not thread.is_alive()
    assert time.monotonic() == 1002


def test_threads_run_in_an_order_that_is_always_the_same():
    def race():
        log = []

        def work(name):
            for turn in range(20):
                time.sleep(0.01 * (turn % 3))
                log.append(name)

        threads = [started(work, name) for name in "abc"]
        for thread in threads:
            thread.join()
        return "".join(log)

    first = race()
    assert [race() for _ in range(3)] == [first] * 3


def test_a_deadlock_between_two_locks_is_named():
    one, two = threading.Lock(), threading.Lock()

    def other_way_round():
        with two:
            time.sleep(0.1)
            with one:
                pass

    second = started(other_way_round, name="second")
    with one:
        time.sleep(0.1)
        with pytest.raises(SimDeadlock, match=r"(?s)MainThread waits for a lock.*second waits for a lock"):
            two.acquire()
    second.join()


def test_asyncio_sleeps_gathers_and_runs_in_executors():
    async def main():
        loop = asyncio.get_running_loop()
        await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2), loop.run_in_executor(None, time.sleep, 3))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 0.5)
        return loop.time()

    assert asyncio.run(main()) == pytest.approx(1003.5, abs=0.001)


def test_a_future_set_from_a_thread_wakes_asyncio():
    async def main():
        loop, future = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        started(lambda: (time.sleep(0.25), loop.call_soon_threadsafe(future.set_result, time.monotonic())))
        return await future

    assert asyncio.run(main()) == 1000.25


def test_a_subprocess_takes_no_simulated_time():
    done = subprocess.run([sys.executable, "-c", "import time; time.sleep(0.05); print('done')"], check=True, capture_output=True)

    assert done.stdout == b"done\n"
    assert time.monotonic() == 1000


def test_while_somebody_waits_for_the_real_world_time_keeps_pace_with_it():
    here, there = socket.socketpair()
    thread = started(lambda: here.recv(1), name="listener")

    time.sleep(0.2)
    there.send(b"x")
    thread.join()

    for end in (here, there):
        end.close()
    assert time.monotonic() == pytest.approx(1000.2, abs=0.19)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12 and later, of threads in the parent
def test_a_forked_child_lives_in_real_time():
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def child():
        lock = threading.Lock()
        with lock:
            started = time.monotonic()
            time.sleep(0.01)
        answers.put((time.monotonic() - started, os.getpid()))

    time.sleep(7)
    process = context.Process(target=child)
    process.start()
    elapsed, pid = answers.get(timeout=20)
    process.join()

    assert 0.01 <= elapsed < 5
    assert pid != os.getpid()
    assert time.monotonic() == pytest.approx(1007, abs=1)
