"""pyserial in the simulated world, and as it was afterwards."""

import time

import pytest
import serial
from serial import serialposix, serialutil
from serial.tools import list_ports

from hil.rig.spec import TwinPico
from hil.sim import seams
from hil.sim.pico.device import fit
from hil.sim.wires import Wires
from hil.sim.world import HostClock, World

BEFORE = (serialposix.select, serialposix.Serial.write, vars(serialutil.Timeout)["TIME"], list_ports.comports)


@pytest.fixture
def device(tmp_path):
    from hil.rig.spec import TwinSpec

    world = World(1)
    picos = fit(world, Wires(world, TwinSpec("r", (), ()), 1), (TwinPico("pico", "pi5"),), (), tmp_path)
    seams.install(world, backends=tuple, platform="pisp", clock=HostClock(world, offset_ns=10**12), picos=picos)
    yield picos["pico"]
    picos["pico"].close()
    seams.uninstall()
    world.close()


def test_it_is_listed_as_a_real_one_would_be(device):
    (port,) = list_ports.comports()
    assert (port.vid, port.pid, port.serial_number, port.device) == (0x2E8A, 0x0005, device.id, device.device)
    assert port.hwid == f"USB VID:PID=2E8A:0005 SER={device.id} LOCATION=1-1"


def test_a_timeout_takes_exactly_its_simulated_time(device):
    with serial.Serial(device.device, timeout=7.5) as port:
        begun = time.monotonic()
        assert port.read(1) == b""
        assert time.monotonic() - begun == pytest.approx(7.5, abs=1e-6)


def test_plain_pyserial_talks_to_it(device):
    with serial.Serial(device.device, timeout=2) as port:
        port.write(b"*IDN?\n")
        assert port.readline().startswith(b"rpi-camera-hil,Pico bench controller,")
        assert port.in_waiting == 0


def test_an_answer_takes_some_milliseconds(device):
    with serial.Serial(device.device, timeout=2) as port:
        port.write(b"*OPC?\n")
        port.readline()
        begun = time.monotonic()
        port.write(b"*OPC?\n")
        port.readline()
        assert 0.002 < time.monotonic() - begun < 0.005


def test_answers_longer_than_the_kernels_buffer_come_whole(device):
    with serial.Serial(device.device, timeout=2) as port:
        port.write(b";".join([b"*IDN?"] * 60) + b"\n")
        port.write((b";".join([b"*IDN?"] * 60) + b"\n") * 3)
        assert sum(len(port.readline()) for _ in range(4)) > 4 * 60 * 50


def test_afterwards_pyserial_is_as_it_was(tmp_path):
    world = World(1)
    seams.install(world, backends=tuple, platform="pisp", clock=HostClock(world))
    seams.uninstall()
    world.close()
    assert (serialposix.select, serialposix.Serial.write, vars(serialutil.Timeout)["TIME"], list_ports.comports) == BEFORE
