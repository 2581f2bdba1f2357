"""People for tests: those who answer from a script, and those who have had enough."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hil.rig import load
from hil.setup.site import TwinSite
from hil.setup.state import State
from hil.setup.walk import Walk


@dataclass
class Listening:
    """Passes everything on, and keeps what was said."""

    person: object
    heard: list[str] = field(default_factory=list)
    leaves_at: str = ""
    """Ctrl-C when this is asked."""

    def tell(self, text):
        self.heard.append(text.strip())
        self.person.tell(text)

    def _asked(self, what):
        self.heard.append(str(what))
        if self.leaves_at and self.leaves_at in str(what):
            raise KeyboardInterrupt

    def ask_ready(self, what):
        self._asked(what)
        self.person.ask_ready(what)

    def ask_number(self, what, unit):
        self._asked(what)
        return self.person.ask_number(what, unit)

    def ask_choice(self, what, options):
        self._asked(what)
        return self.person.ask_choice(what, options)


@pytest.fixture
def walk(tmp_path):
    """`walk("hq-pair", "wiring.XVS=off")` goes through the steps on the twin and returns what was said; state is kept between calls."""

    def go(rig_name, *changes, seed=0, leaves_at="", rig=None):
        rig = rig or load(rig_name)
        site = TwinSite(rig, seed, changes, lambda person: Listening(person, leaves_at=leaves_at))
        walk = Walk(rig, site, State.read(tmp_path / "state.json", rig))
        try:
            walk.run()
        finally:
            site.close()
            go.heard, go.state, go.steps = site.person.heard, walk.state, walk.steps
        return site.person.heard

    return go
