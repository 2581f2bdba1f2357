"""Two Pis, each in a process of its own, in one simulated world: used like cameras in this process, equal in every run."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from hil.bench import open_rig, open_twin
from hil.drivers import v4l2
from hil.drivers.host import read_text
from hil.errors import CameraAbsent, CameraTimeout, RigError, RigFaults, UserError
from hil.measure.image import plane_means
from hil.rig import load
from hil.sim.world import SimStuck

RIG = """name = "two-pis"
unit = ["left", "right"]
[hosts]
pi-a = { board = "Raspberry Pi 4", connect = "ssh:pi-a.local" }
pi-b = { board = "Raspberry Pi 4", connect = "ssh:pi-b.local" }
[cameras]
left  = { module = "HQ Camera (CS)", host = "pi-a", lens = "6mm" }
right = { module = "Camera Module 3", host = "pi-b" }
[wiring]
GND   = "pi-a.GND -- pi-b.GND"
clock = "pi-a.GPIO17 -- R3 1k 5% -- pi-a.GPIO27 -- pi-b.GPIO27"
"""


@pytest.fixture
def rig(tmp_path):
    (tmp_path / "two.toml").write_text(RIG)
    return load(str(tmp_path / "two.toml"))


@pytest.fixture
def half_local(tmp_path):
    """The same with pi-b being the machine that controls the rig."""
    (tmp_path / "half.toml").write_text(RIG.replace('"ssh:pi-b.local"', '"local"'))
    return load(str(tmp_path / "half.toml"))


@pytest.fixture
def opened(rig):
    """`opened()`: an open bench on the twin of two Pis; `opened.twin` is the last one."""
    with contextlib.ExitStack() as stack:

        def open_one(*changes, start_order=(), progress=None):
            stack.close()
            open_one.twin = stack.enter_context(contextlib.closing(open_twin(rig, 0, changes, start_order=start_order)))
            return stack.enter_context(open_rig(rig, twin=open_one.twin, progress=progress))

        yield open_one


def process_of(twin, host):
    return twin.processes._gateways[host]._io.popen


def side_by_side(bench, frames):
    """A burst of every camera at once, each called by a thread of its own."""
    bursts = {}

    def take(name):
        bursts[name] = bench.cameras[name].burst(frames)

    threads = [threading.Thread(target=take, args=(name,)) for name in bench.cameras]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bursts


def stamps_of_a_run(bench):
    for camera, size in zip(bench.cameras.values(), [(1332, 990), (1536, 864)], strict=True):
        camera.configure(size=size, fps=10, exposure_us=5_000, gain=2.0)
    bursts = side_by_side(bench, 15)
    _, means = bench.cameras["left"].reduce_raw(plane_means, 2)
    return [bursts[name].timestamps_ns.tolist() for name in ("left", "right")], np.array(means).tolist(), bench.rig_seconds()


def test_two_pis_have_a_camera_each_under_the_same_id_and_number(opened):
    bench = opened()
    identities = [camera.identity() for camera in bench.cameras.values()]
    assert [(one.model, one.index) for one in identities] == [("imx477", 0), ("imx708", 0)]
    assert {bench.cameras["left"].name, bench.cameras["left"].host.name} == {"left", "pi-a"}


def test_numbers_are_the_same_whichever_process_starts_first_and_under_load(opened):
    usual = stamps_of_a_run(opened())
    assert stamps_of_a_run(opened(start_order=["pi-b", "pi-a"])) == usual
    loads = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        assert stamps_of_a_run(opened()) == usual
    finally:
        for one in loads:
            one.kill()
            one.wait()


def test_both_cameras_run_at_the_same_time(opened):
    bench = opened()
    for camera in bench.cameras.values():
        camera.configure(fps=10, exposure_us=5_000, gain=2.0)
    begun = bench.clock.now_ns()
    bursts = side_by_side(bench, 60)
    assert [burst.frames for burst in bursts.values()] == [60, 60]
    assert (bench.clock.now_ns() - begun) / 1e9 == pytest.approx(6.0, abs=0.4)


def test_each_pi_has_a_clock_of_its_own(opened):
    bench = opened()
    first = {name: host.clock.now_ns() for name, host in bench.hosts.items()}
    bench.clock.sleep(100)
    passed = {name: (host.clock.now_ns() - first[name]) / 1e9 for name, host in bench.hosts.items()}
    assert passed == pytest.approx({"pi-a": 100, "pi-b": 100}, abs=0.02)
    assert passed["pi-a"] != passed["pi-b"]


def test_files_tools_and_controls_of_a_host_are_those_over_there(opened):
    bench = opened()
    host = bench.hosts["pi-b"]
    assert read_text(host, "/proc/device-tree/model").startswith("Raspberry Pi 4")
    assert read_text(host, "/no/such/file") is None
    assert "imx708" in host.run(["dmesg"]).stdout
    subdev = v4l2.subdev_of(host, bench.cameras["right"].identity().id)
    assert v4l2.link_frequency_hz(host, subdev) == 450_000_000


def edges_on_both_pis(bench):
    """True width in us, as each Pi stamps them, of three pulses that pi-a plays."""
    for gpio in bench.gpio.values():
        gpio.stamp(["GPIO27"])
    bench.gpio["pi-a"].pulse_train("GPIO17", [0.0, 20_000.0, 40_000.0], 1_000.0).wait()
    bench.clock.sleep(0.01)
    return {host: gpio.stamps()["GPIO27"] for host, gpio in bench.gpio.items()}


def test_what_one_pi_does_to_a_wire_reaches_the_other_at_that_instant(opened):
    edges = edges_on_both_pis(opened())
    assert edges["pi-a"].rising.tolist() == edges["pi-b"].rising.tolist() == [True, False] * 3
    apart_ns = np.diff(edges["pi-b"].t_ns) - np.diff(edges["pi-a"].t_ns)
    assert np.abs(apart_ns).max() < 100_000


def test_a_rig_may_be_half_in_this_process(half_local, rig, opened):
    elsewhere = edges_on_both_pis(opened())
    opened.twin.close()
    with contextlib.closing(open_twin(half_local, 0)) as twin, open_rig(half_local, twin=twin) as bench:
        assert [camera.burst(2).frames for camera in bench.cameras.values()] == [2, 2]
    with contextlib.closing(open_twin(half_local, 0)) as twin, open_rig(half_local, twin=twin) as bench:
        here = edges_on_both_pis(bench)
    assert [here[host].t_ns.tolist() for host in here] == [elsewhere[host].t_ns.tolist() for host in elsewhere]


def test_raw_frames_and_modes_come_as_they_are(opened):
    camera = opened().cameras["left"]
    camera.configure(size=(2028, 1080), fps=40, exposure_us=5_000, gain=1.0)
    raw = camera.raw(2)
    assert (raw.pixels.shape, raw.pixels.dtype, raw.black_dn) == ((2, 1080, 2028), np.uint16, 256)
    assert camera.achieved.size == camera.mode((2028, 1080)).size == (2028, 1080)


def test_progress_of_a_long_exposure_is_told_here(opened):
    told = []
    camera = opened(progress=lambda *line: told.append(line)).cameras["left"]
    camera.configure(exposure_us=10e6, gain=1.0)
    camera.burst(1)
    assert told[0][0] == "exposure 10 s"
    assert [elapsed for *_, elapsed, _ in told] == sorted(elapsed for *_, elapsed, _ in told)


def test_errors_are_what_they_are_over_there(opened):
    bench = opened()
    with pytest.raises(UserError, match="runs at most"):
        bench.cameras["left"].configure(size=(2028, 1080), fps=90)
    with pytest.raises(RigError, match="pi-a: what runs there met an error") as found:
        bench.hosts["pi-a"].call("camera left", "burst", "many")
    assert "TypeError" in found.value.found


def test_a_camera_that_falls_silent_is_a_timeout_on_the_rigs_clock(opened):
    bench = opened("cameras.right.late_s=1000")
    camera = bench.cameras["right"]
    camera.configure(size=(1536, 864), fps=30, exposure_us=1_000, gain=2.0)
    begun = bench.clock.now_ns()
    with pytest.raises(CameraTimeout, match="right: the camera delivers no more frames"):
        camera.burst(5)
    assert (bench.clock.now_ns() - begun) / 1e9 < 60


def test_what_a_pi_would_not_have_is_refused_in_the_twin_too(opened):
    from hil.checks.case import paced

    with pytest.raises(UserError, match=r"hil\.checks\.case is not brought along to hosts"):
        opened().cameras["left"].reduce_raw(paced)


def test_what_cannot_travel_is_refused_here(opened):
    camera = opened().cameras["left"]
    with pytest.raises(UserError, match="does not travel"):
        camera.reduce_raw(lambda pixels: pixels.mean())
    with pytest.raises(UserError, match="does not travel"):
        _ = camera.picam2
    with pytest.raises(AttributeError, match="Camera has no zoom"):
        _ = camera.zoom


def test_all_faults_of_both_pis_are_reported_at_once(opened):
    with pytest.raises(RigFaults) as found:
        opened("cameras.left.present=false", "cameras.right.present=false")
    assert [(type(fault), fault.where) for fault in found.value.faults] == [(CameraAbsent, "left"), (CameraAbsent, "right")]


def test_a_host_process_that_dies_is_named_at_once_and_the_rest_is_left_safe(opened):
    bench = opened()
    process_of(opened.twin, "pi-b").kill()
    begun = bench.clock.now_ns()
    with pytest.raises(RigError, match="host pi-b is gone\n  found  its process was killed by SIGKILL") as found:
        bench.cameras["right"].burst(3)
    assert (found.value.where, found.value.cause) == ("pi-b", "host process ended")
    assert bench.cameras["left"].burst(3).frames == 3
    assert (bench.clock.now_ns() - begun) / 1e9 < 3
    assert bench.close() == ["cameras closed"]


def test_a_host_process_that_stops_is_named_after_a_while(opened):
    bench = opened()
    opened.twin.hub._stuck_after_s = 0.3
    process_of(opened.twin, "pi-a").send_signal(signal.SIGSTOP)
    with pytest.raises(SimStuck, match="host pi-a has not waited once"):
        bench.cameras["left"].burst(3)


def test_ctrl_c_in_a_burst_leaves_every_camera_closed(opened):
    bench = opened()
    camera = bench.cameras["left"]
    camera.configure(exposure_us=100e6, gain=1.0)

    def interrupt():
        raise KeyboardInterrupt

    opened.twin.world.after(5 * 10**9, interrupt)
    with pytest.raises(KeyboardInterrupt):
        camera.burst(2)
    assert bench.close() == ["cameras closed"]
    assert bench.rig_seconds() < 10
    processes = [process_of(opened.twin, name) for name in bench.hosts]
    opened.twin.close()
    assert [process.returncode for process in processes] == [0, 0]


def test_no_process_and_no_folder_outlives_a_killed_controller(rig, tmp_path):
    script = """import os, signal, sys
from hil.bench import open_rig, open_twin
from hil.rig import load
rig = load(sys.argv[1])
twin = open_twin(rig, 0)
bench = open_rig(rig, twin=twin)
print(*(gateway._io.popen.pid for gateway in twin.processes._gateways.values()), twin.folder, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(rig.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as controller:
        *pids, folder = controller.stdout.readline().split()
        ends = [os.pidfd_open(int(pid)) for pid in pids]
        controller.kill()
    waiting = select.poll()
    for end in ends:
        waiting.register(end, select.POLLIN)
        assert waiting.poll(20_000)
        waiting.unregister(end)
        os.close(end)
    assert not Path(folder).exists()


def test_a_host_process_loads_nothing_that_a_pi_does_not_need():
    heavy = "{'pydantic', 'pytest', 'rich', 'typer', 'execnet'}"
    loaded = f"import sys, hil.sim.twin, hil.drivers.agent; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_what_a_host_process_prints_is_kept_with_its_name(opened, capfd):
    bench = opened()
    with contextlib.suppress(RigError):
        bench.hosts["pi-a"].call("camera left", "burst", "many")
    opened.twin.close()
    assert "pi-a: TypeError" in capfd.readouterr().err
