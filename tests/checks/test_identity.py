"""The right module on the right port, as far as hardware can tell."""

import pytest

from hil import catalog
from hil.checks import identity
from hil.errors import RigError


@pytest.mark.parametrize("module", [m.name for m in catalog.modules()])
def test_the_right_module_passes_and_what_hardware_cannot_tell_is_not_said(module, fake_camera, case, book):
    identity.run(fake_camera(module), case("identity", module), book)
    assert book.verdicts == {"PASS"}
    assert book.texts["model"] == catalog.module(module).libcamera_model


def test_wide_and_noir_are_told_apart_on_camera_module_3(fake_camera, case, book):
    identity.run(fake_camera("Camera Module 3 Wide NoIR"), case("identity", "Camera Module 3 Wide NoIR"), book)
    assert book.texts["module"] == "Camera Module 3 Wide NoIR, Wide, NoIR"
    assert book.said_not == []


@pytest.mark.parametrize("module", ["Camera Module 1", "Camera Module 2 NoIR"])
def test_noir_cannot_be_told_apart_on_the_older_modules(module, fake_camera, case, book):
    identity.run(fake_camera(module), case("identity", module), book)
    assert book.said_not == [f"NoIR: it cannot be told apart by hardware on {catalog.module(module).sensor}"]


def test_the_two_mounts_of_the_hq_camera_look_alike(fake_camera, case, book):
    identity.run(fake_camera("HQ Camera (CS)"), case("identity", "HQ Camera (CS)"), book)
    assert book.said_not == ["the mount: HQ Camera (CS) or HQ Camera (M12) cannot be told apart by hardware"]


def test_another_module_is_a_mistake_of_the_rig_and_names_asked_and_found(fake_camera, case, book):
    with pytest.raises(RigError) as error:
        identity.run(fake_camera("Camera Module 3 Wide"), case("identity", "Camera Module 3"), book)
    assert error.value.cause == "wrong module"
    assert "cam: another camera than the Camera Module 3 (imx708) is on pi5 CAM1" in str(error.value)
    assert "imx708_wide, a Camera Module 3 Wide, at /base" in str(error.value)
    assert "correct `module` of cam" in str(error.value)


def test_the_right_module_on_the_other_connector_is_named_by_both_ports(fake_camera, case, book):
    there = fake_camera(id="/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a")
    with pytest.raises(RigError, match=r"is not on CAM1 \(i2c@80000\)\n.*it is on CAM0: /base"):
        identity.run(there, case("identity"), book)


def test_the_path_before_the_bus_may_change_with_the_kernel(fake_camera, case, book):
    identity.run(fake_camera(id="/base/axi/pcie@120000/rp1/i2c@80000/imx708@1a"), case("identity"), book)
    assert book.verdicts == {"PASS"}


def test_a_pixel_array_of_another_size_is_another_sensor(fake_camera, case, book):
    with pytest.raises(RigError, match=r"not the 4608x2592 of an imx708\n.*reports 1280x800"):
        identity.run(fake_camera(array=(1280, 800)), case("identity"), book)
