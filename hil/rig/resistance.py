"""What a meter on ohms finds between two points of a circuit without power: resistors, and whatever else is said to conduct.

A meter that reads ohms puts a small voltage on the circuit, too little for LEDs, diodes and the protection of pads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from hil.rig.circuit import LEAST_OHMS, Circuit
from hil.rig.network import Element, Network
from hil.rig.tasks import JOINT

TEST_V, TEST_OHMS = 0.2, 1e3
"""What the meter puts on it."""

_NOTHING_A = 1e-10


def node(circuit: Circuit, point: str) -> int | None:
    """The node of a pin or net, or of the joint of two parts, "R4/LED1"; None where there is no such thing."""
    one, joint, other = point.partition(JOINT)
    if not joint:
        return circuit.nodes.get(point)
    ends = {branch.part.name: {branch.left, branch.right} for branch in circuit.branches}
    return next(iter(ends.get(one, set()) & ends.get(other, set())), None)


def between(circuit: Circuit, one: int, other: int, also: Iterable[Element] = ()) -> float:
    """Ohms between two nodes; inf where nothing passes. `also`: what conducts beside the resistors, as elements of 0 V."""
    if one == other:
        return 0.0
    parts = [
        Element(branch.left, branch.right, 0.0, max(circuit.ohms(branch), LEAST_OHMS))
        for branch in circuit.branches
        if (branch.part.kind == "R" or branch.part.is_short) and circuit.ohms(branch) < math.inf
    ]
    level = Network([*parts, *also, Element(one, other, TEST_V, TEST_OHMS)], other).volts.get(one, TEST_V)
    through = (TEST_V - level) / TEST_OHMS
    return math.inf if through < _NOTHING_A else level / through
