"""What is put around picamera2: every name is there, nothing is left behind, and picamera2 works."""

import importlib
import importlib.metadata
import inspect
import queue
import select
import selectors
import sys
import threading
import time

import pytest

from hil.errors import UserError
from hil.sim import seams
from hil.sim.edge.patches import Patches
from hil.sim.edge.processes import standins
from hil.sim.world import HostClock, World

NAMED = [seam for seam in seams.SEAMS if not seam.name.startswith(("sys:", "pidng"))]


def install(world):
    seams.install(world, backends=tuple, platform="vc4", clock=HostClock(world))


def forget_picamera2():
    for name in [name for name in sys.modules if name.partition(".")[0] == "picamera2"]:
        del sys.modules[name]


@pytest.fixture
def plain_picamera2(monkeypatch):
    """picamera2 as it is, on our libcamera's types, with nothing hooked."""
    for name, module in standins().items():
        monkeypatch.setitem(sys.modules, name, module)
    patches = Patches()
    seams.keep_classes(patches)
    yield
    forget_picamera2()
    patches.undo()


def find(name):
    """What a seam's name stands for, looked up as the seam itself does it."""
    module_name, _, path = name.partition(":")
    found = importlib.import_module(module_name)
    for part in path.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.usefixtures("plain_picamera2")
def test_every_hooked_name_exists_and_takes_what_its_replacement_takes():
    wrong = []
    for seam in NAMED:
        try:
            found = find(seam.name)
        except (ImportError, AttributeError) as error:
            wrong.append(f"{seam.name}: {error}")
            continue
        if seam.signature is not None and tuple(inspect.signature(found).parameters) != seam.signature:
            wrong.append(f"{seam.name}{inspect.signature(found)}; expected {seam.signature}")

    assert not wrong, f"picamera2 {importlib.metadata.version('picamera2')} is not what the seams were made for"


@pytest.mark.usefixtures("plain_picamera2")
@pytest.mark.parametrize(
    "name",
    [
        *("picamera2.picamera2:Picamera2._cm", "picamera2.picamera2:Picamera2.process_requests", "picamera2.platform:Platform.PISP"),
        *("picamera2.encoders:LibavH264Encoder", "picamera2.encoders:LibavMjpegEncoder", "picamera2.dma_heap:DMA_BUF_IOCTL_SYNC"),
        *("picamera2.picamera2:os.pipe2", "picamera2.request:datetime.now", "picamera2.job:Job.execute"),
    ],
)
def test_every_name_the_replacements_use_exists(name):
    assert find(name) is not None


@pytest.mark.usefixtures("plain_picamera2")
def test_attributes_of_instances_that_the_replacements_use_exist():
    source = {
        name: inspect.getsource(importlib.import_module(name)) for name in ("picamera2.picamera2", "picamera2.job", "picamera2.remote")
    }

    for attribute in ("pre_callback", "post_callback", "_encoders", "_job_list", "notifymeread", "notifyme_w"):
        assert f"self.{attribute}" in source["picamera2.picamera2"]
    assert "self._future = Future()" in source["picamera2.job"]
    assert "self._signal_function = signal_function" in source["picamera2.job"]
    assert "os.write(self.cameras[c].notifyme_w" in source["picamera2.picamera2"]
    assert "del self.request" in source["picamera2.remote"]


def test_the_seams_are_made_for_the_picamera2_that_is_installed():
    assert importlib.metadata.version("picamera2") == seams.PICAMERA2


def test_every_seam_says_what_stands_there_and_why():
    assert len({seam.name for seam in seams.SEAMS}) == len(seams.SEAMS)
    assert all(seam.what and seam.why for seam in seams.SEAMS)


def outside():
    """Everything of this process that a simulated run exchanges."""
    owners = (time, threading, queue, select, threading.Thread, *(getattr(selectors, name) for name in ("EpollSelector", "PollSelector")))
    return [dict(vars(owner)) for owner in owners], list(sys.meta_path), list(threading._threading_atexits)


def test_uninstalling_leaves_everything_as_it_was(world):
    before = outside()
    install(world)
    importlib.import_module("picamera2")
    assert outside() != before

    seams.uninstall()

    assert outside() == before
    assert not [name for name in sys.modules if name.split(".")[0] in ("libcamera", "picamera2", "kms", "pidng", "prctl")]


def test_a_second_world_in_one_process_is_as_good_as_the_first():
    stamps = []
    for seed in range(2):
        from fake_camera import FakeCamera

        world = World(seed)
        camera = FakeCamera(world, HostClock(world))
        seams.install(world, backends=lambda camera=camera: [camera], platform="pisp", clock=camera.clock)
        from picamera2 import Picamera2

        with Picamera2() as picam2:
            picam2.start()
            stamps.append([picam2.capture_metadata()["SensorTimestamp"] for _ in range(3)])
        seams.uninstall()
        world.close()

    assert stamps[0] == stamps[1]


def test_a_world_within_a_world_is_refused(simulated):
    with pytest.raises(UserError, match="lives in a simulated world already"):
        install(simulated)


@pytest.mark.usefixtures("plain_picamera2")
def test_it_is_refused_once_picamera2_is_imported(world):
    importlib.import_module("picamera2")

    with pytest.raises(UserError, match="must begin before picamera2 is imported"):
        install(world)
