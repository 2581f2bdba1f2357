"""What config.txt has the firmware do with cameras."""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View
from hil.drivers.overlays import CONFIG_FILES, Overlay, assignments, overlays


def config(view: View) -> Iterator[Line]:
    """Detection, overlays and what of the legacy camera stack is left."""
    lines = assignments(view.host)
    if lines is None:
        yield note("config.txt", f"neither {' nor '.join(CONFIG_FILES)} can be read")
        return
    said = dict(lines)
    if said.get("start_x") == "1":
        yield repair(
            "config.txt",
            "config.txt: start_x=1 starts the legacy camera stack, which libcamera does not work beside",
            f"take it out of {view.config_file}, then sudo reboot",
        )
    mine = _of_cameras(view)
    detects = said.get("camera_auto_detect") == "1"
    if detects and mine:
        text = f"config.txt: camera_auto_detect=1 beside {mine[0].line}: detection may load the same overlay again, without its parameters"
        yield repair("config.txt", text, *view.in_config("camera_auto_detect=0"))
    elif not detects and not mine:
        yield from _nothing(view)
    elif not _wrong(view, mine):
        what = "cameras are detected by firmware" if detects else ", ".join(overlay.line for overlay in mine)
        yield ok("config.txt", f"config.txt: {what}")


def _of_cameras(view: View) -> list[Overlay]:
    sensors = {sensor.overlay for sensor in catalog.sensors()}
    return [overlay for overlay in overlays(view.host) or [] if overlay.name in sensors]


def _nothing(view: View) -> Iterator[Line]:
    compute = view.board is not None and view.board.name.startswith("Compute Module")
    text = "config.txt: no overlay for a camera" + (
        ", and Compute Modules do not detect them" if compute else " and camera_auto_detect is not 1"
    )
    wanted = _wanted(view) or ["dtoverlay=SENSOR"]
    fix = view.in_config(*(wanted if compute else ["camera_auto_detect=1"]))
    yield (repair if view.cameras else note)("config.txt", text, *fix)


def _wanted(view: View) -> list[str]:
    return [Overlay(view.sensor(fitted).overlay, ("cam0",) if fitted.port == "CAM0" else ()).line for fitted in view.cameras.values()]


def _wrong(view: View, mine: list[Overlay]) -> bool:
    """Whether overlays are for other sensors than the rig's: said where the camera is missed."""
    return bool(view.cameras and mine) and not {overlay.name for overlay in mine} & {
        view.sensor(fitted).overlay for fitted in view.cameras.values()
    }
