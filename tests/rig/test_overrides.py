"""`--set`: what stands behind the edge of a twin instead of what the rig says."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from hil.errors import UserError
from hil.rig import load, twin_spec
from hil.rig.overrides import parse


def fitted(*overrides: str, rig: str = "hq-cs"):
    return twin_spec(load(rig), overrides).cameras[0]


def refusal(*overrides: str, rig: str = "hq-cs") -> str:
    with pytest.raises(UserError) as caught:
        twin_spec(load(rig), overrides)
    return str(caught.value)


def test_without_overrides_the_twin_is_the_rig() -> None:
    camera = fitted()

    assert (camera.module, camera.host, camera.port, camera.lens) == ("HQ Camera (CS)", "pi5", "CAM1", "6mm")
    assert (camera.present, camera.held_by, camera.link_frequency_hz) == (True, 0, 450_000_000)


def test_a_rig_without_driver_gets_the_usual_generation() -> None:
    assert fitted().driver == "current"
    assert fitted("cameras.hq.driver=legacy").driver == "legacy"


@pytest.mark.parametrize(
    "text", ['cameras.hq.module="Camera Module 2"', "cameras.hq.module=Camera Module 2", "cameras.hq.module = camera-module-2"]
)
def test_quotes_that_the_shell_ate_are_not_missed(text: str) -> None:
    assert fitted(text).module == "Camera Module 2"


def test_another_sensor_brings_its_own_driver_and_link() -> None:
    camera = fitted("cameras.hq.module=Camera Module 2")

    assert camera.driver == "newer"
    assert camera.link_frequency_hz == 456_000_000


def test_a_camera_may_be_absent_held_or_left_in_hdr() -> None:
    camera = fitted("cameras.cm3.present=false", "cameras.cm3.held_by=1234", "cameras.cm3.hdr=true", rig="camera-module-3")

    assert (camera.present, camera.held_by, camera.hdr) == (False, 1234, True)


def test_an_unsupported_link_frequency_may_be_set_as_somebody_may_have_done() -> None:
    assert fitted("cameras.hq.link_frequency_mhz=447").link_frequency_hz == 447_000_000


def test_hosts_and_light_may_differ_too() -> None:
    spec = twin_spec(load("hq-cs"), ["hosts.pi5.kernel=6.6", "light.lux=50", "light.flicker_hz=100", "light.flicker_depth=0.3"])

    assert spec.host("pi5").kernel == "6.6"
    assert spec.light is not None
    assert (spec.light.lux, spec.light.seen_by, spec.light.flicker_hz) == (50.0, ("hq",), 100.0)
    assert spec.overrides[0] == "hosts.pi5.kernel=6.6"


def test_a_rig_without_light_has_none_until_one_is_set() -> None:
    assert twin_spec(load("camera-module-3")).light is None
    assert twin_spec(load("camera-module-3"), ["light.lux=5"]).light is not None


def test_the_last_of_equal_keys_wins() -> None:
    assert fitted("cameras.hq.held_by=1", "cameras.hq.held_by=2").held_by == 2


WRONG = {
    "cameras.cm3.present=false": '--set cameras.cm3.present: "cm3" is not a camera of hq-cs  (cameras: hq)',
    "cameras.h.present=false": '--set cameras.h.present: "h" is not a camera of hq-cs',
    "hosts.pi4.kernel=6": '--set hosts.pi4.kernel: "pi4" is not a host of hq-cs; did you mean "pi5"?  (hosts: pi5)',
    "camera.hq.present=false": '--set camera.hq.present: "camera" cannot be set; did you mean "cameras"?  (hosts, cameras, picos,',
    "cameras.hq.presnt=false": '--set cameras.hq.presnt: no such key; did you mean "present"?  (module, port, present,',
    "cameras.hq=1": "--set cameras.hq: a key is missing  (module, port, present,",
    "cameras.hq.present=no": '--set cameras.hq.present: "no" is text; write true or false',
    "cameras.hq.present=1": "--set cameras.hq.present: 1 is a number; write true or false",
    "cameras.hq.held_by=true": "--set cameras.hq.held_by: true is a truth value; write a whole number",
    "cameras.hq.held_by=-5": "--set cameras.hq.held_by: -5; must be 0 or more, and finite",
    "light.lux=nan": "--set light.lux: nan; must be 0 or more, and finite",
    "cameras.hq.module=Camera Modul 2": '--set cameras.hq.module: no camera module "Camera Modul 2"; did you mean "Camera Module 2"?',
    "cameras.hq.driver=newer": '--set cameras.hq.driver: "newer"; the driver of imx477 comes as "legacy" or "current"',
    "cameras.hq.port=CAM2": '--set cameras.hq.port: "CAM2"; write "CAM0" or "CAM1"',
    "cameras.hq.present": "--set cameras.hq.present: not KEY=VALUE\n  try    for example --set cameras.hq.present=false",
    "=5": "--set =5: not KEY=VALUE",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_override_is_told_with_what_is_allowed(text: str) -> None:
    assert refusal(text).startswith(WRONG[text])


def test_all_wrong_overrides_are_told_at_once() -> None:
    assert len(refusal("cameras.x.present=false", "cameras.hq.y=1", "cameras.hq.driver=z").splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "value"), [("a.b=1", 1), ("a.b= 1.5 ", 1.5), ("a.b=x=y", "x=y"), ('a.b="1"', "1"), ("a.b=1\nc=2", "1\nc=2"), ("a.b=", "")]
)
def test_a_value_is_toml_or_else_text(text: str, value: object) -> None:
    assert parse(text).value == value


def test_a_specification_is_plain_data_that_travels() -> None:
    spec = twin_spec(load("gs"))

    assert pickle.loads(pickle.dumps(spec)) == spec


def test_a_host_process_reads_a_specification_with_the_standard_library_alone() -> None:
    root = Path(__file__).parents[2]
    program = "import sys; import hil.rig.spec; sys.exit('pydantic' in sys.modules or 'numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
