"""Names people write, and what they hear when they miss."""

import pytest

from hil import catalog
from hil.catalog._lookup import folded
from hil.errors import UserError

MODULES = (
    "Camera Module 1", "Camera Module 1 NoIR", "Camera Module 2", "Camera Module 2 NoIR", "Camera Module 3", "Camera Module 3 NoIR",
    "Camera Module 3 Wide", "Camera Module 3 Wide NoIR", "HQ Camera (CS)", "HQ Camera (M12)", "GS Camera",
)  # fmt: skip


def test_the_catalog_has_the_eleven_modules_and_their_sensors():
    assert tuple(module.name for module in catalog.modules()) == MODULES
    for module in catalog.modules():
        assert module.libcamera_model in catalog.sensor(module.sensor).libcamera_models


@pytest.mark.parametrize("shelf", ["modules", "boards", "lenses", "sensors", "bands"])
def test_no_two_things_share_a_name(shelf):
    written = [folded(name) for thing in getattr(catalog, shelf)() for name in (thing.name, *thing.aliases)]

    assert sorted(written) == sorted(set(written))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Camera Module v1", "Camera Module 1"),
        ("camera module V2 noir", "Camera Module 2 NoIR"),
        ("camera-module-3-wide-noir", "Camera Module 3 Wide NoIR"),
        ("imx708_wide", "Camera Module 3 Wide"),
        ("High Quality Camera", "HQ Camera (CS)"),
        ("hq-m12", "HQ Camera (M12)"),
        ("Global Shutter Camera", "GS Camera"),
    ],
)
def test_a_module_answers_to_what_people_write(written, name):
    assert catalog.module(written).name == name


@pytest.mark.parametrize(
    ("look_up", "written", "meant"),
    [
        (catalog.module, "Camera Modul 3 Wid", "Camera Module 3 Wide"),
        (catalog.board, "Rasberry Pi 5", "Raspberry Pi 5"),
        (catalog.lens, "6m", "6mm"),
        (catalog.sensor, "imx47", "imx477"),
    ],
)
def test_an_unknown_name_is_told_the_nearest_and_all_there_are(look_up, written, meant):
    with pytest.raises(UserError) as told:
        look_up(written)

    assert f'"{written}"' in told.value.asked
    assert meant in told.value.found
    assert told.value.hint == f'did you mean "{meant}"?'
