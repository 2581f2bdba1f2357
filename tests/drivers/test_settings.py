"""Module parameters and roles: set, read back, put back; overlays verified and never set."""

import json
import os
from dataclasses import replace

import pytest

from hil.completed import Completed
from hil.drivers.host import LocalHost
from hil.drivers.roles import Role
from hil.drivers.settings import Settings
from hil.errors import RigError, RigFaults, UserError

HQ = "/base/axi/pcie@1000120000/rp1/i2c@80000/imx477@1a"
HQ_0 = "/base/axi/pcie@1000120000/rp1/i2c@88000/imx477@1a"
SOURCE = Role("source", "imx477", HQ_0, sync="source", always_on=True, port="CAM0")
SINK = Role("sink", "imx477", HQ, sync="sink", always_on=True, port="CAM1")
GS = Role("gs", "imx296", HQ.replace("imx477", "imx296"), sync="trigger", port="CAM1")


class Pi(LocalHost):
    """A Raspberry Pi 5 of files alone; commands answer as `answer` says."""

    answer = Completed("", "sudo: a password is required\n", 1)

    def run(self, argv):
        self.asked.append(argv[-1])
        return self.answer

    asked: list


@pytest.fixture
def pi(tmp_path, monkeypatch):
    """A Pi with both sensors' modules; nobody's state folder."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    host = Pi("pi5", root=tmp_path)
    object.__setattr__(host, "asked", [])
    write(host, "sys/firmware/devicetree/base/model", "Raspberry Pi 5 Model B Rev 1.0\0")
    write(host, "proc/sys/kernel/random/boot_id", "one\n")
    for module in ("imx477", "imx296"):
        write(host, f"sys/module/{module}/parameters/trigger_mode", "0\n")
    return host


def write(host, path, text):
    (host.root / path).parent.mkdir(parents=True, exist_ok=True)
    (host.root / path).write_bytes(text if isinstance(text, bytes) else text.encode())


def booted(host, *lines, **modes):
    """With those overlays in config.txt, and those trigger modes in the device tree (by node)."""
    write(host, "boot/firmware/config.txt", "camera_auto_detect=0\n[all]\n" + "\n".join(lines) + "\n")
    for role in (SOURCE, SINK):
        if role.camera in modes:
            node = role.id.removeprefix("/base/")
            write(host, f"sys/firmware/devicetree/base/{node}/trigger-mode", modes[role.camera].to_bytes(4, "big"))


def mode(host, module="imx477"):
    return int((host.root / f"sys/module/{module}/parameters/trigger_mode").read_text())


# -- parameters -------------------------------------------------------------------------------------------------------


def test_a_parameter_is_set_read_back_and_put_back(pi):
    settings = Settings(pi)
    settings.set_parameter("imx477", "trigger_mode", 2)
    settings.set_parameter("imx477", "trigger_mode", 1)
    assert settings.parameter("imx477", "trigger_mode") == mode(pi) == 1
    assert settings.close() == ["trigger_mode of imx477 back to 0"]
    assert mode(pi) == 0
    assert not settings.journal.path.exists()


def test_a_parameter_that_is_right_already_is_left_alone(pi):
    settings = Settings(pi)
    settings.set_parameter("imx477", "trigger_mode", 0)
    assert settings.close() == []


def test_a_module_that_is_not_loaded_is_named(pi):
    with pytest.raises(RigError, match="module imx708 is not loaded"):
        Settings(pi).parameter("imx708", "trigger_mode")


def test_a_parameter_that_this_kernel_lacks_is_named_with_those_it_has(pi):
    with pytest.raises(RigError, match="the module has trigger_mode"):
        Settings(pi).set_parameter("imx296", "fast_trigger", 1)


def test_without_root_the_error_has_the_exact_sudo_rule(pi, monkeypatch):
    monkeypatch.setattr("pathlib.Path.write_text", refuse("trigger_mode"))
    monkeypatch.setattr("getpass.getuser", lambda: "pi")
    with pytest.raises(RigError, match="only root may write it") as found:
        Settings(pi).set_parameter("imx477", "trigger_mode", 2)
    path = "/sys/module/imx477/parameters/trigger_mode"
    assert f"echo 'pi ALL=(root) NOPASSWD: /usr/bin/tee {path}' | sudo tee /etc/sudoers.d/hil-imx477-trigger_mode" in found.value.hint
    assert f"echo 2 | sudo tee {path}" in found.value.hint
    assert pi.asked == [f"echo 2 | sudo -n /usr/bin/tee {path}"]


def refuse(name):
    from pathlib import Path

    real = Path.write_text

    def write_text(self, text):
        if self.name == name:
            raise PermissionError(13, "Permission denied")
        return real(self, text)

    return write_text


def test_a_setting_that_does_not_hold_is_an_error(pi, monkeypatch):
    monkeypatch.setattr(Settings, "_write", lambda *_: None)
    with pytest.raises(RigError, match="reads back 0") as found:
        Settings(pi).set_parameter("imx477", "trigger_mode", 2)
    assert found.value.cause == "setting does not hold"


def test_what_a_killed_process_left_is_put_back_by_the_next_one(pi):
    Settings(pi).set_parameter("imx477", "trigger_mode", 2)
    Settings(pi)
    assert mode(pi) == 0


def test_what_was_left_before_a_reboot_is_forgotten(pi):
    killed = Settings(pi)
    killed.set_parameter("imx477", "trigger_mode", 2)
    write(pi, "proc/sys/kernel/random/boot_id", "two\n")
    Settings(pi)
    assert mode(pi) == 2
    assert not killed.journal.path.exists()


def test_a_process_that_still_runs_keeps_its_settings(pi):
    other = Settings(pi)
    other.set_parameter("imx477", "trigger_mode", 2)
    other.journal.path.write_text(json.dumps(json.loads(other.journal.path.read_text()) | {"pid": 77}))
    write(pi, "proc/77/comm", "hil\n")
    with pytest.raises(RigError, match="process 77 has set some of them"):
        Settings(pi)
    assert os.getpid() != 77


def test_the_number_of_a_process_of_an_earlier_boot_is_nobodys(pi):
    other = Settings(pi)
    other.set_parameter("imx477", "trigger_mode", 2)
    other.journal.path.write_text(json.dumps(json.loads(other.journal.path.read_text()) | {"pid": 77}))
    write(pi, "proc/77/comm", "another\n")
    write(pi, "proc/sys/kernel/random/boot_id", "two\n")
    assert Settings(pi).close() == []


def test_a_journal_that_was_cut_off_is_dropped(pi):
    write(pi, str(Settings(pi).journal.path.relative_to(pi.root)), '{"boot": ')
    assert not Settings(pi).journal.path.exists()


# -- roles ------------------------------------------------------------------------------------------------------------


def test_roles_of_the_device_tree_are_verified_and_nothing_is_written(pi):
    booted(pi, "dtoverlay=imx477,cam0,always-on,sync-source", "dtoverlay=imx477", "dtparam=always-on,sync-sink", source=1, sink=2)
    held = Settings(pi).roles([SOURCE, SINK])
    assert [(role.camera, role.mode, role.by) for role in held] == [("source", 1, "device tree"), ("sink", 2, "device tree")]
    assert mode(pi) == 0


def test_two_roles_that_the_device_tree_lacks_are_both_named_with_their_lines(pi):
    booted(pi, "dtoverlay=imx477,cam0", "dtoverlay=imx477,always-on,sync-source", sink=1)
    with pytest.raises(RigFaults) as found:
        Settings(pi).roles([SOURCE, SINK])
    source, sink = found.value.faults
    assert "has no trigger-mode" in source.found
    assert "dtoverlay=imx477,always-on,sync-source,cam0" in source.hint
    assert "/boot/firmware/config.txt" in source.hint
    assert "says trigger-mode 1, source" in sink.found
    assert "dtoverlay=imx477,always-on,sync-sink;" in sink.hint


def test_a_missing_always_on_is_named(pi):
    booted(pi, "[pi4]", "dtoverlay=imx296,always-on", "[pi5]", "dtoverlay=imx296")
    with pytest.raises(RigError, match="has dtoverlay=imx296\n") as found:
        Settings(pi).roles([replace(GS, always_on=True)])
    assert found.value.cause == "not always on"
    assert "dtoverlay=imx296,always-on;" in found.value.hint


def test_a_host_without_config_txt_says_what_is_not_verified(pi):
    (held,) = Settings(pi).roles([replace(GS, always_on=True)])
    assert held.note == "no config.txt can be read: always-on is not verified"


def test_a_role_without_overlay_is_written_to_the_module_and_taken_back(pi):
    settings = Settings(pi)
    (held,) = settings.roles([replace(SINK, always_on=False)])
    assert (mode(pi), held.by) == (2, "module parameter")
    settings.close()
    assert mode(pi) == 0


def test_a_triggered_gs_camera_gets_trigger_mode_1_and_a_note_on_old_kernels(pi):
    (held,) = Settings(pi).roles([GS])
    assert mode(pi, "imx296") == 1
    assert "old kernels" in held.note


def test_a_gs_camera_that_is_source_or_sink_must_not_be_triggered(pi):
    write(pi, "sys/module/imx296/parameters/trigger_mode", "1\n")
    Settings(pi).roles([replace(GS, sync="sink")])
    assert mode(pi, "imx296") == 0


def test_two_roles_on_one_host_need_the_device_tree(pi):
    with pytest.raises(UserError, match="one for all of them") as found:
        Settings(pi).roles([replace(SOURCE, always_on=False), replace(SINK, always_on=False)])
    assert "dtoverlay=imx477,always-on,sync-source,cam0" in found.value.hint


def test_a_device_tree_that_overrides_the_module_is_an_error(pi):
    booted(pi, "dtoverlay=imx477,sync-source", sink=1)
    with pytest.raises(RigError, match="says trigger-mode 1, source") as found:
        Settings(pi).roles([replace(SINK, always_on=False)])
    assert "take sync-source and sync-sink off" in found.value.hint


def test_a_sensor_without_roles_is_refused_one(pi):
    with pytest.raises(UserError, match="imx708"):
        Settings(pi).roles([Role("cm3", "imx708", HQ, sync="sink")])
    assert Settings(pi).roles([Role("cm3", "imx708", HQ)]) == []
