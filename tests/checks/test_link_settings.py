"""The link frequency, read twice, and its harmonic beside GPS L1."""

import pytest

from hil.checks import link_settings
from hil.errors import RigError


def run(host, case, book, fake_camera, module="Camera Module 3", **more):
    link_settings.run(fake_camera(module, host=host), case("link_settings", module, **more), book)


def test_450_mhz_lands_0_42_mhz_from_gps_l1(host_with_link, fake_camera, case, book):
    run(host_with_link(450_000_000, 450_000_000), case, book, fake_camera, link=450.0)
    values = {each.m.name: each.m.value for each in book.measured}
    assert values == pytest.approx({"link_frequency": 450e6, "link_harmonic": 1575.0, "link_harmonic_distance": -0.42})
    assert book.verdicts == {"PASS"}
    assert book.findings == []


def test_beside_a_gps_receiver_that_is_a_finding_with_a_way_out(host_with_link, fake_camera, case, book):
    run(host_with_link(450_000_000, 450_000_000), case, book, fake_camera, gnss=("GPS L1",))
    ((cause, where, evidence),) = book.findings
    assert (cause, where) == ("a harmonic of the link clock falls on GPS L1", "cam")
    assert evidence[0] == "link 450 MHz: 14 x 112.5 = 1575 MHz, 0.42 MHz from GPS L1"
    assert evidence[2] == "dtoverlay=imx708,link-frequency=453000000 moves it away"
    assert book.verdicts == {"PASS"}


@pytest.mark.parametrize("hz", [447_000_000, 453_000_000])
def test_its_neighbours_are_far_enough(hz, host_with_link, fake_camera, case, book):
    run(host_with_link(hz, hz), case, book, fake_camera, link=hz / 1e6, gnss=("GPS L1",))
    assert book.findings == []


def test_another_frequency_than_the_rigs_is_recorded_and_is_the_rigs_fault(host_with_link, fake_camera, case, book):
    with pytest.raises(RigError) as error:
        run(host_with_link(450_000_000, 450_000_000), case, book, fake_camera, link=453.0)
    (link,) = book.named("link_frequency")
    assert link.outcome.verdict == "ERROR"
    assert error.value.cause == "another link frequency"
    assert "a link at 453 MHz asked for, as the rig file says\n  found  it runs at 450 MHz" in str(error.value)
    assert "dtoverlay=imx708,link-frequency=453000000 in config.txt" in str(error.value)


@pytest.mark.parametrize(
    ("control", "tree", "says"),
    [
        (450_000_000, 453_000_000, "says 450000000 Hz, the device tree 453000000 Hz"),
        (0, 450_000_000, "has no link_frequency control with a frequency"),
    ],
)
def test_a_frequency_that_cannot_be_trusted_is_no_measurement(control, tree, says, host_with_link, fake_camera, case, book):
    with pytest.raises(RigError, match=says) as error:
        run(host_with_link(control, tree), case, book, fake_camera)
    assert error.value.cause == "link frequency unknown"


def test_a_camera_without_a_subdevice_is_named(host_with_link, fake_camera, case, book):
    camera = fake_camera(host=host_with_link(1, 1, "/base/other@10"))
    with pytest.raises(RigError, match="no v4l-subdev has the node /base/axi"):
        link_settings.run(camera, case("link_settings"), book)
