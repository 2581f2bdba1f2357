"""Through the steps with a person: each is told, done and checked before the next. What is done is kept, so it can be broken off."""

from __future__ import annotations

from collections.abc import Sequence

from hil.checks.diagnosis import UnitFault
from hil.drivers.person import Witness
from hil.drivers.reboot import boot_id
from hil.errors import HilError, RigError
from hil.rig import Rig
from hil.rig.tasks import AGAIN, STOP, Again, Edit, Power, Reboot
from hil.setup import checking
from hil.setup.readings import Reading
from hil.setup.site import Site, closes
from hil.setup.state import State
from hil.setup.steps import Act, Check, Step, steps


class SetupStopped(RigError):
    """A step is not as it should be; all before it are done."""

    cause = "setup stopped"

    def __init__(self, number: int, of: int, step: Step, fault: HilError) -> None:
        """`fault`: what was asked, found and is to be done there."""
        self.step, self.fault = step, fault
        said = f"step {number} of {of}, {step.title}: {fault.asked}"
        where, cause = getattr(fault, "where", ""), getattr(fault, "cause", "")
        super().__init__(said, fault.found, fault.hint, where=where, cause=cause)


class Walk:
    """One walk through the steps of a rig."""

    def __init__(self, rig: Rig, site: Site, state: State) -> None:
        """`state`: what is done already."""
        self.rig, self.site, self.state = rig, site, state
        self.steps = steps(rig)
        self._witness = Witness(site.person)
        self._powered: Power | None = None
        """What was last done about power, as far as this walk knows."""

    def run(self) -> None:
        """From the first step that is not done to the last. SetupStopped where one is not as it should be."""
        to_do = [step for step in self.steps if not self.state.is_done(step)]
        self._resume(to_do)
        for step in to_do:
            number = self.steps.index(step) + 1
            self.site.person.tell(f"\n{number:2}/{len(self.steps)}  {step.title}")
            self._witness.answers.clear()
            self._power(step)
            self._do(step)
            self._check(number, step)
            self.state.mark(step, self._witness.answers)
        self.state.finish()

    def _resume(self, to_do: Sequence[Step]) -> None:
        """Say what is done, and have the site know it."""
        done = [step for step in self.steps if step not in to_do]
        self.site.done([step.act for step in done if step.act is not None])
        if done and to_do:
            self.site.person.tell(f"{len(done)} of {len(self.steps)} steps are done; on with {to_do[0].title}")

    def _power(self, step: Step) -> None:
        """Have the power as the step needs it: as the last step before it that is about power has left it."""
        before = [one.act for one in self.steps[: self.steps.index(step)] if isinstance(one.act, Power)]
        if before and not isinstance(step.act, Power) and before[-1] != self._powered:
            self._act(before[-1])

    def _do(self, step: Step) -> None:
        person = self._witness
        for warning in step.mind:
            person.tell(f"       !  {warning}")
        for line in step.do:
            person.tell(f"       {line}")
        if isinstance(step.act, (Edit, Reboot)) and self._already(step):
            person.tell("       that is so already")
        elif step.act is not None:
            self._act(step.act)
        elif step.do:
            person.ask_ready(step.title)

    def _act(self, act: Act) -> None:
        if closes(act):
            self.site.close()
            self._powered = act if isinstance(act, Power) else self._powered
        elif isinstance(act, Edit):
            self.state.boots[act.host] = boot_id(self.site.hosts()[act.host]) or ""
        self._witness.ask_ready(act)

    def _already(self, step: Step) -> bool:
        """Whether config.txt has its lines, or hosts have booted since it got them: one that this runs on takes it down with it."""
        if isinstance(step.act, Reboot):
            before = {host: self.state.boots[host] for host in step.act.hosts if host in self.state.boots}
            if before:
                return all(before.values()) and all(boot_id(self.site.hosts()[host]) != boot for host, boot in before.items())
        try:
            return bool([*checking.check(step.checks, self.rig, self.site, self._witness)])
        except RigError:
            return False

    def _check(self, number: int, step: Step) -> None:
        by_meter = tuple(check for check in step.checks if isinstance(check, Reading) and check.unit == "ohm")
        rest = tuple(check for check in step.checks if check not in by_meter)
        for look in (*([by_meter] if by_meter else []), *((check,) for check in rest)):
            while (fault := self._fault(look)) is not None:
                if self._witness.ask_choice(Again(fault.asked, fault.found, fault.hint), (AGAIN, STOP)) == STOP:
                    raise SetupStopped(number, len(self.steps), step, fault) from fault

    def _fault(self, checks: Sequence[Check]) -> HilError | None:
        """What is wrong; whatever was open is then closed, for somebody is about to put a hand on it."""
        try:
            for said in checking.check(checks, self.rig, self.site, self._witness):
                self.site.person.tell(f"       ok  {said}")
        except (RigError, UnitFault) as fault:
            self.site.close()
            return fault
        return None
