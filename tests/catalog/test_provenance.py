"""One rule over everything: a fact says where it was read and what that is worth."""

import dataclasses

import pytest

from hil import catalog
from hil.catalog import EVIDENCE, Fact, Facts


def found(thing, where=""):
    """Every Fact reachable from a value of the catalog."""
    if isinstance(thing, Fact):
        yield where, thing
    elif isinstance(thing, Facts | dict):
        for name, part in thing.items():
            yield from found(part, f"{where}.{name}")
    elif isinstance(thing, tuple):
        for part in thing:
            yield from found(part, f"{where}/{getattr(part, 'name', '')}")
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from found(getattr(thing, field.name), f"{where}.{field.name}")


SHELVES = ("modules", "sensors", "boards", "lenses", "documents", "warnings", "discrepancies", "bands")


@pytest.mark.parametrize("shelf", SHELVES)
def test_every_fact_names_a_known_source_and_its_evidence(shelf):
    facts = list(found(getattr(catalog, shelf)(), shelf))

    assert facts
    assert [(where, fact.source) for where, fact in facts if fact.source not in catalog.sources()] == []
    assert [(where, fact.evidence) for where, fact in facts if fact.evidence not in EVIDENCE] == []


def test_every_source_is_used_and_says_where():
    used = {fact.source for shelf in SHELVES for _, fact in found(getattr(catalog, shelf)())}

    assert set(catalog.sources()) == used
    assert all(source.title and source.where for source in catalog.sources().values())


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_unit_never_fails_by_what_was_derived_or_not_looked_up(evidence):
    assert Fact(1, "", "page", evidence).judged == (evidence not in ("derived", "general"))


def test_a_missing_or_mistyped_fact_is_named():
    facts = Facts("imx000", {"lanes": Fact(2, "", "page", "page")})

    with pytest.raises(KeyError, match="imx000 has no fact 'rows'"):
        facts.integer("rows")
    with pytest.raises(TypeError, match="imx000: lanes is 2, not a string"):
        facts.text("lanes")


def test_a_fact_reads_as_its_source_wrote_it_or_as_value_and_unit():
    assert str(Fact((4608, 2592), "pixels", "page", "page")) == "4608 x 2592 pixels"
    assert str(Fact(3, "g", "page", "page", text="3g")) == "3g"
