"""Boards, lenses, mounts and radio bands."""

import pytest

from hil import catalog
from hil.errors import UserError


@pytest.mark.parametrize(
    ("board", "ports", "pins", "at_once"),
    [
        ("Raspberry Pi 5", ("CAM0", "CAM1"), 22, 2),
        ("Raspberry Pi 4", ("CAM1",), 15, 1),
        ("Zero 2 W", ("CAM1",), 22, 1),
        ("CM4", ("CAM0", "CAM1"), 22, 2),
    ],
)
def test_a_board_knows_its_camera_connectors(board, ports, pins, at_once):
    found = catalog.board(board)

    assert (found.ports, found.connector_pins, found.cameras_at_once) == (ports, pins, at_once)
    assert tuple(port.name for port in found.connectors) == ports


@pytest.mark.parametrize("board", ["Raspberry Pi 400", "Raspberry Pi 500", "Raspberry Pi Zero (2016)"])
def test_three_boards_take_no_camera_and_say_why(board):
    found = catalog.board(board)

    assert (found.ports, found.cameras_at_once, found.connector_pins) == ((), 0, 0)
    assert "no CSI connector" in found.why_not


@pytest.mark.parametrize(
    ("module", "lens", "adapter", "ok", "reason"),
    [
        ("HQ Camera (CS)", "6mm", False, True, ""),
        ("HQ Camera (CS)", "16mm", True, True, ""),
        ("GS Camera", "16mm", False, False, "needs the C-CS adapter"),
        ("GS Camera", "6mm", True, False, "5 mm too far"),
        ("HQ Camera (M12)", "fisheye", False, True, ""),
        ("HQ Camera (M12)", "6mm", False, False, "a CS mount, the HQ Camera (M12) an M12 mount"),
        ("HQ Camera (M12)", "16mm", True, False, "a C mount, the HQ Camera (M12) an M12 mount"),
        ("HQ Camera (CS)", "8mm", False, False, "an M12 mount"),
        ("Camera Module 3", "6mm", False, False, "part of the module"),
    ],
)
def test_a_lens_fits_or_the_reason_is_given(module, lens, adapter, ok, reason):
    found = catalog.fit(catalog.module(module), catalog.lens(lens), adapter)

    assert found.ok == ok
    assert reason in found.reason


def test_the_6_mm_lens_has_the_field_of_view_the_page_lost():
    fov = catalog.lens("6mm").fov

    assert (fov["HQ"].horizontal_deg, fov["HQ"].vertical_deg, fov["HQ"].diagonal_deg) == (55, 45, 71)
    assert (fov["GS"].horizontal_deg, fov["HQ"].fact.source) == (45, "docs")
    assert (catalog.lens("16mm").fov["HQ"].horizontal_deg, catalog.lens("25mm").fov["HQ"].diagonal_deg) == (22.2, 17.9)


@pytest.mark.parametrize(
    ("link_mhz", "n", "harmonic_mhz", "away_mhz"),
    [
        (450, 14, 1575.0, -0.42),
        (447, 14, 1564.5, -10.92),
        (453, 14, 1585.5, 10.08),
        (456, 14, 1596.0, 20.58),
        (594, 11, 1633.5, 58.08),
        (297, 21, 1559.25, -16.17),
    ],
)
def test_the_harmonic_of_the_byte_clock_nearest_to_gps_l1(link_mhz, n, harmonic_mhz, away_mhz):
    near = catalog.harmonic_near(link_mhz * 1e6, catalog.band("GPS L1").centre_hz)

    assert (near.n, near.mhz, round(near.distance_hz / 1e6, 2)) == (n, harmonic_mhz, away_mhz)


def test_a_band_that_no_source_names_is_refused():
    with pytest.raises(UserError, match='no radio band "GPS L7"'):
        catalog.band("GPS L7")
    with pytest.raises(ValueError, match="above zero"):
        catalog.harmonic_near(0, 1.5e9)
