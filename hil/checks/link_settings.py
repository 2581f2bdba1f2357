"""Link settings: the camera's real link frequency, and where its byte clock lands beside GPS L1.

The page notes that Camera Module 3 may disturb GPS reception. The driver's V4L2 control and the device tree both state
the frequency; the control is an integer menu whose text holds it. Nothing here judges a unit: an overlay decides it, and no source
says which clock radiates or how far away is harmless (raspberrypi/libcamera #43, raspberrypi/linux #6004).
"""

from __future__ import annotations

from hil import catalog
from hil.checks.case import Case, Expected
from hil.checks.notebook import Notebook
from hil.drivers import v4l2
from hil.drivers.camera import Camera
from hil.errors import RigError
from hil.judge.limits import characteristic
from hil.measure import Measurement

BAND = "GPS L1"

NEAR_HZ = 5e6
"""A harmonic this near is a finding on a rig that receives the band: 450 MHz is 0.42 MHz off, its neighbours 447 and 453 over 10."""


def forecast(case: Case) -> Expected:
    """The frequency, its nearest harmonic and the distance."""
    return Expected(("link_frequency", "link_harmonic", "link_harmonic_distance"), 0.0)


def run(camera: Camera, case: Case, notebook: Notebook) -> None:
    """Read the link frequency both ways, hold it against the rig file, and do the arithmetic for each band that the rig receives."""
    link_hz = read(camera, case)
    by_rig = case.fitted.link_frequency_mhz is not None
    limit = characteristic("link_frequency").limit(
        case.link_hz, source="rig file" if by_rig else f"default of the {case.sensor.overlay} overlay"
    )
    real = Measurement("link_frequency", link_hz, "Hz", method="V4L2 control and device tree agree")
    notebook.text("link", f"link {link_hz / 1e6:g} MHz", subject=case.camera)
    notebook.measure(real, limit, subject=case.camera)
    for band in dict.fromkeys([BAND, *case.gnss]):
        _harmonic(link_hz, catalog.band(band), case, notebook)
    if link_hz != case.link_hz:
        raise _another(link_hz, case)


def read(camera: Camera, case: Case) -> int:
    """The link frequency in Hz. RigError if the control and the device tree are not both there and agree."""
    camera_id = camera.identity().id
    subdev = v4l2.subdev_of(camera.host, camera_id)
    if subdev is None:
        raise _unread(case, f"no v4l-subdev has the node {camera_id}", "ls -l /sys/class/video4linux/*/device/of_node")
    by_control = v4l2.link_frequency_hz(camera.host, subdev)
    by_tree = v4l2.device_tree_link_frequencies_hz(camera.host, camera_id)
    if by_control is None:
        raise _unread(
            case, f"{subdev} has no link_frequency control with a frequency in its text", f"v4l2-ctl -d {subdev} --list-ctrls-menus"
        )
    if by_control not in by_tree[:1]:
        stated = f"{by_tree[0]} Hz" if by_tree else "nothing"
        raise _unread(
            case,
            f"the control of {subdev} says {by_control} Hz, the device tree {stated}",
            "a driver that takes no notice of its overlay: reboot, and see `dmesg | grep -i link`",
        )
    return by_control


def _harmonic(link_hz: int, band: catalog.Band, case: Case, notebook: Notebook) -> None:
    near = catalog.harmonic_near(link_hz, band.centre_hz)
    where = {"subject": case.camera, "conditions": {"band": band.name, "harmonic": near.n}}
    method = f"{near.n} x {link_hz / 4e6:g} MHz"
    notebook.measure(Measurement("link_harmonic", near.mhz, "MHz", method=method), None, **where)  # type: ignore[arg-type]
    distance = Measurement("link_harmonic_distance", near.distance_hz / 1e6, "MHz", method=f"{method} less {band.centre_hz / 1e6:g} MHz")
    notebook.measure(distance, None, **where)  # type: ignore[arg-type]
    if band.name in case.gnss and abs(near.distance_hz) < NEAR_HZ:
        _too_near(link_hz, band, near, case, notebook)


def _too_near(link_hz: int, band: catalog.Band, near: catalog.Harmonic, case: Case, notebook: Notebook) -> None:
    further = [hz for hz in case.sensor.link_freqs_hz if abs(catalog.harmonic_near(hz, band.centre_hz).distance_hz) >= NEAR_HZ]
    way_out = (
        f"dtoverlay={case.sensor.overlay},link-frequency={further[-1]} moves it away"
        if further
        else "this sensor has no other link frequency"
    )
    away_mhz = abs(near.distance_hz) / 1e6
    evidence = (
        f"link {link_hz / 1e6:g} MHz: {near.n} x {link_hz / 4e6:g} = {near.mhz:g} MHz, {away_mhz:.2f} MHz from {band.name}",
        f"the rig file says that {band.name} is received beside it",
        way_out,
    )
    notebook.finding(f"a harmonic of the link clock falls on {band.name}", case.camera, evidence)


def _another(link_hz: int, case: Case) -> RigError:
    asked = "the rig file says" if case.fitted.link_frequency_mhz is not None else f"the default of the {case.sensor.overlay} overlay is"
    overlay = f"dtoverlay={case.sensor.overlay},link-frequency={case.link_hz} in config.txt and a reboot, or"
    return RigError(
        f"{case.camera}: a link at {case.link_hz / 1e6:g} MHz asked for, as {asked}",
        f"it runs at {link_hz / 1e6:g} MHz",
        f"{overlay if case.sensor.link_freq_selectable else ''} link_frequency_mhz = {link_hz / 1e6:g} in the rig file".strip(),
        where=case.camera,
        cause="another link frequency",
    )


def _unread(case: Case, found: str, hint: str) -> RigError:
    return RigError(f"{case.camera}: its link frequency asked for", found, hint, where=case.camera, cause="link frequency unknown")
