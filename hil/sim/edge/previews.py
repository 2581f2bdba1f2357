"""Preview windows without a screen: the event loop runs, nothing is shown, and that is said once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hil.sim.edge.patches import Patches, Seam
from hil.sim.world import World

QT = ("QtPreview", "QtGlPreview", "QtGlPreviewDirect", "QtGlPreviewWayland", "QtGlPreviewWaylandDirect")
QT_TICK_MS = 5
_WHY = "a simulated rig has no screen"
SEAMS = (
    *(Seam(f"picamera2.previews.qt_previews:{name}", "a NullPreview", _WHY) for name in QT),
    Seam("picamera2.previews.drm_preview:DrmPreview", "a NullPreview", _WHY),
    Seam("picamera2.previews.q_picamera2:_get_qpicamera2", "its timer moves the world", "Qt waits in its own event loop", ("qt_module",)),
    Seam("picamera2.previews.qt:_make_gl_factory", "makes the widget without OpenGL", _WHY, ("binding",)),
)


def tell(name: str, how: str = "without a window") -> None:
    """Say on stderr that a window was asked for and what there is instead."""
    sys.stderr.write(f"hil: no screen in the simulation; {name} runs {how}\n")


def headless(name: str, null_preview: type[Any], said: Callable[[str], None] = tell) -> type[Any]:
    """A preview class called `name` that takes a window's arguments and shows nothing."""

    def begin(self: Any, x: Any = None, y: Any = None, width: Any = None, height: Any = None, transform: Any = None, **_: Any) -> None:
        null_preview.__init__(self, x, y, width, height, transform)
        said(name)

    return type(name, (null_preview,), {"__init__": begin, "__doc__": "A preview without a window."})


def change(module: Any, plain_kinds: set[type], patches: Patches) -> None:
    """Module `picamera2.previews.qt_previews` or `.drm_preview`."""
    from picamera2.previews.null_preview import NullPreview

    for name in (*QT, "DrmPreview"):
        if hasattr(module, name):
            kind = headless(name, NullPreview)
            plain_kinds.add(kind)
            patches.attribute(module, name, kind)


def change_q_picamera2(module: Any, world: World, patches: Patches) -> None:
    """Module `picamera2.previews.q_picamera2`: Qt's own event loop waits in C, so a timer of the widget moves the world."""
    original = module._get_qpicamera2  # noqa: SLF001

    @lru_cache
    def _get_qpicamera2(qt_module: Any) -> type[Any]:
        core = module._get_qt_modules(qt_module)[0]  # noqa: SLF001

        class QPicamera2(original(qt_module)):  # type: ignore[misc]
            """The camera widget, with simulated time at the pace of Qt's."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self._world_timer = core.QTimer(self)
                self._world_timer.timeout.connect(lambda: world.sleep(QT_TICK_MS / 1000))
                self._world_timer.start(QT_TICK_MS)

        return QPicamera2

    patches.attribute(module, "_get_qpicamera2", _get_qpicamera2)


def change_qt(module: Any, patches: Patches) -> None:
    """Module `picamera2.previews.qt`: without OpenGL, its widget is the plain one."""

    def _make_gl_factory(binding: Any) -> Callable[..., Any]:
        def factory(picam2: Any, direct: bool = False, **kwargs: Any) -> Any:
            tell("QGlPicamera2", "without OpenGL")
            return module._get_qpicamera2(binding)(picam2, **kwargs)  # noqa: SLF001

        return factory

    patches.attribute(module, "_make_gl_factory", _make_gl_factory)
