"""What happened to the hosts while tests ran."""

import pytest

from hil.checks.meanwhile import Watch, happened
from hil.drivers.monitor import Vitals, vitals
from hil.rig import load
from hil.rig.overrides import twin_spec
from hil.sim.twin import Twin

FINE = Vitals(0, 50.0, 0.2)


@pytest.fixture
def pi5():
    """`pi5("hosts.pi5.undervoltage_at_s=3")`: that host of the twin of "gs"."""
    opened = []

    def open_one(*changes):
        opened.append(Twin(twin_spec(load("gs"), changes), seed=1))
        return opened[-1].hosts["pi5"]

    yield open_one
    for twin in opened:
        twin.close()


def causes(first, now):
    return [one.cause for one in happened("pi5", first, now)]


def test_a_healthy_host_is_not_spoken_of(pi5):
    host = pi5()
    seen = vitals(host)
    assert (seen.throttled, seen.kernel) == (0, ())
    assert 30 < seen.temperature_c < 70
    assert 0 <= seen.load < 1
    assert causes(seen, vitals(host, seen.logged_s)) == []


def test_a_supply_that_sags_is_seen_once_it_has(pi5):
    host = pi5("hosts.pi5.undervoltage_at_s=3")
    watch = Watch({"pi5": host}, host.clock)
    assert [look.happened for look in watch.look()] == [()]
    host.clock.sleep(20.0)
    ((told,),) = [look.happened for look in watch.look()]
    assert told.says == "the supply of pi5 sagged below 4.63 V while the tests ran"
    assert told.seen == ("vcgencmd get_throttled: 0x50005", "hwmon hwmon1: Undervoltage detected!")


def test_a_cause_is_told_once(pi5):
    host = pi5("hosts.pi5.undervoltage_at_s=3")
    watch = Watch({"pi5": host}, host.clock)
    told = []
    for _ in range(4):
        told += [one.cause for look in watch.look() for one in look.happened]
        host.clock.sleep(11.0)
    assert told == ["under-voltage"]


def test_hosts_are_not_asked_more_often_than_every_ten_seconds(pi5):
    host = pi5()
    watch = Watch({"pi5": host}, host.clock)
    assert [len(list(watch.look())), len(list(watch.look())), len(list(watch.look(anyway=True)))] == [1, 0, 1]


def test_what_was_before_the_run_is_not_its_doing():
    assert causes(Vitals(0x50000, 50.0, 0.1), Vitals(0x50000, 50.0, 0.1)) == []


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        (Vitals(0x10000, 50.0, 0.1), "under-voltage"),
        (Vitals(0x6, 84.0, 0.1), "throttled"),
        (Vitals(0x0, 81.0, 0.1), "hot"),
        (Vitals(0x0, 50.0, 0.1, ("usb 1-1: USB disconnect, device number 4",)), "kernel complaint"),
        (Vitals(None, None, None, ("imx477 10-001a: failed to set trigger mode",)), "kernel complaint"),
    ],
)
def test_each_happening_is_named(now, cause):
    assert causes(FINE, now) == [cause]


def test_what_the_kernel_says_of_other_things_is_kept_but_not_told():
    assert causes(FINE, Vitals(0, 50.0, 0.2, ("wlan0: link up",))) == []


def test_a_host_that_tells_nothing_is_no_trouble(tmp_path):
    from hil.clock import RealClock
    from hil.drivers.host import LocalHost

    seen = vitals(LocalHost("pc", tmp_path, RealClock()))
    assert (seen.temperature_c, seen.load) == (None, None)
