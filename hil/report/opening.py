"""The first line of a run's journal, from its rig, its plan and what accompanies the unit; and the versions of this machine's software."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hil
from hil.judge import limits
from hil.report import events

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

PACKAGES = ("picamera2", "numpy", "pytest", "allure-pytest")


def opening(
    rig: Rig,
    plan: Plan,
    *,
    unit: str | None,
    seed: int | None,
    overrides: Sequence[str],
    started: str,
    traveller: Mapping[str, Any] | None = None,
) -> events.Event:
    """The event `run`; `seed` None on the bench."""
    return events.run(
        rig=rig.name,
        unit=unit,
        unit_parts=rig.unit,
        simulated=seed is not None,
        seed=seed,
        plan={
            **{key: getattr(plan, key) for key in ("name", "version", "sha256", "budget_s")},
            "accepts": ["COND_PASS"] if plan.accept_cond_pass else [],
        },
        started=started,
        versions=versions(),
        rig_file={"path": rig.path.name, "sha256": rig.sha256},
        overrides=list(overrides),
        procedure=plan.procedure,
        limits={"version": limits.version(), "sha256": limits.sha256()},
        traveller=traveller,
    )


def versions() -> dict[str, str]:
    """Of all software of this machine that takes part, by name."""
    found = {"hil": hil.__version__, **checkout(Path(hil.__file__).parent.parent), "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def checkout(folder: Path) -> dict[str, str]:
    """`harness_commit`, and `harness_dirty` yes or no, where `folder` is a git checkout; nothing for an installed package."""
    if not (folder / ".git").exists():
        return {}
    commit, changed = _git(folder, "rev-parse", "HEAD"), _git(folder, "status", "--porcelain", "--untracked-files=no")
    if not commit or changed is None:
        return {}
    return {"harness_commit": commit, "harness_dirty": "yes" if changed else "no"}


def _git(folder: Path, *words: str) -> str | None:
    """What git says; None where it is not installed, or refuses."""
    try:
        argv = ["git", "--no-optional-locks", "-C", str(folder), *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
