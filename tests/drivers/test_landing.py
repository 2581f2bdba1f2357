"""What travels to a Pi, and what becomes of it there."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from hil.bench import landing
from hil.bench.shipment import deliver, shipment
from hil.drivers.calls import answer, unpacked
from hil.errors import RigError

TOX = Path(__file__).parents[2] / ".tox"
IMPORT_ALL = """
import importlib, sys, zipfile
class Blocked:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] not in (*sys.stdlib_module_names, "hil", "numpy"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocked)
sys.path.insert(0, sys.argv[1])
for file in zipfile.ZipFile(sys.argv[1]).namelist():
    if file.endswith(".py"):
        importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
from hil import catalog
print(catalog.board("Raspberry Pi 5").name)
"""


def has_numpy(python):
    return python and subprocess.run([python, "-I", "-c", "import numpy"], capture_output=True, check=False).returncode == 0


PYTHONS = {sys.executable, shutil.which("python3.11"), shutil.which("python3.13"), *map(str, TOX.glob("py31[13]/bin/python"))}


class Far:
    """A Pi that says these things, one after the other: gateway and channel in one."""

    TimeoutError = TimeoutError

    def __init__(self, *says):
        self.says, self.sent = list(says), []

    def remote_exec(self, serving):
        self.serving = serving
        return self

    def send(self, item):
        self.sent.append(item)

    def receive(self, _timeout=None):
        return self.says.pop(0)


@pytest.mark.parametrize("python", sorted(filter(has_numpy, PYTHONS)))
def test_all_that_travels_loads_from_its_zip_with_numpy_alone(python, tmp_path):
    (tmp_path / "hil.zip").write_bytes(shipment().data)
    command = [python, "-I", "-c", IMPORT_ALL, str(tmp_path / "hil.zip")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "Raspberry Pi 5\n"


def test_the_same_files_make_the_same_zip():
    first = shipment()
    shipment.cache_clear()
    assert shipment() == first


def test_what_is_there_already_is_not_sent_again():
    far = Far(("landed", "~/.cache/hil"))
    deliver(far, "serve()", "far")
    assert (far.serving, far.sent) == ("serve()", [shipment().digest])


def test_a_python_that_is_too_old_is_named(monkeypatch):
    channel = Far(shipment().digest)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert not landing.land(channel)
    with pytest.raises(RigError, match=r"far: its python3 should be 3\.11 or newer") as found:
        deliver(Far(*channel.sent), "serve()", "far")
    assert found.value.cause == "python too old"


def test_a_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "hil").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    channel = Far(shipment().digest, shipment().data)
    assert not landing.land(channel)
    with pytest.raises(RigError, match=r"far: our drivers cannot be kept there\n  found  .*/hil: Not a directory"):
        deliver(Far(channel.sent[-1]), "serve()", "far")


@pytest.mark.parametrize("read", [unpacked, answer])
@pytest.mark.parametrize("core", [b"numpy.core.", b"numpy._core."])
def test_arrays_are_read_from_an_older_and_a_newer_numpy(read, core):
    sent = pickle.dumps(np.arange(3.0), 2).replace(b"numpy._core.", core).replace(b"numpy.core.", core)
    assert read(sent).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("read", [unpacked, answer])
def test_paths_are_read_from_a_newer_python(read):
    sent = pickle.dumps(PurePosixPath("/sys"), 2).replace(b"cpathlib\n", b"cpathlib._local\n")
    assert read(sent) == PurePosixPath("/sys")
