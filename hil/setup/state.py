"""How far a rig is built: a small file beside the rig file, written after every step, so that a walk can be broken off anywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hil import shipped
from hil.clock import utc_now
from hil.drivers.person import Answer
from hil.errors import UserError
from hil.rig import Rig
from hil.setup.steps import Step

FORMAT = 1


def state_file(rig: Rig, *, simulated: bool) -> Path:
    """Beside the rig file; for a shipped rig, in the working directory. The twin's never gets in the way of the bench's."""
    beside = Path() if rig.path.parent == shipped.path("rigs") else rig.path.parent
    return beside / f"{rig.path.stem}.setup{'.sim' if simulated else ''}.json"


@dataclass
class State:
    """What is done, with the evidence."""

    path: Path
    rig: str
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By step: its fingerprint, when it was done, what was asked and answered."""
    finished: str = ""
    """When the last step was done; "" while some are to do."""
    boots: dict[str, str] = field(default_factory=dict)
    """By host: which boot its config.txt was edited in (/proc/sys/kernel/random/boot_id)."""

    @classmethod
    def read(cls, path: Path, rig: Rig) -> State:
        """As it was left; nothing done yet where there is no file. UserError for a file that is something else."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(path, rig.name)
        except OSError as error:
            raise UserError(f"{path}: cannot be read", error.strerror or str(error)) from error
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise ValueError(data["format"])
            return cls(path, rig.name, dict(data["steps"]), str(data["finished"]), dict(data["boots"]))
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{path}: how far a rig is built should be in it", "it is something else", "move it away, or --restart"
            ) from error

    def is_done(self, step: Step) -> bool:
        """Whether this very step was done: one whose words or checks have changed since was not."""
        return self.entries.get(step.id, {}).get("fingerprint") == step.fingerprint

    def mark(self, step: Step, answers: Sequence[Answer]) -> None:
        """It is done."""
        asked = [asdict(answer) for answer in answers]
        for one in asked:
            one["answer"] = str(one["answer"]) if one["answer"] in (float("inf"), float("-inf")) else one["answer"]
        self.entries[step.id] = {"fingerprint": step.fingerprint, "at": utc_now(), "asked": asked}
        self._write()

    def finish(self) -> None:
        """All are done."""
        self.finished = utc_now()
        self._write()

    def restart(self) -> None:
        """As if nothing had been done."""
        self.entries.clear()
        self.boots.clear()
        self.finished = ""

    def _write(self) -> None:
        data = {"format": FORMAT, "rig": self.rig, "finished": self.finished, "boots": self.boots, "steps": self.entries}
        new = self.path.with_suffix(".new")
        try:
            new.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            new.replace(self.path)
        except OSError as error:
            raise UserError(f"{self.path}: cannot be written", error.strerror or str(error), "a rig file in a folder of yours") from error
