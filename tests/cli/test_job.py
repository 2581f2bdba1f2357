"""What `hil accept` is told of a job: who, for which order, of which part; and what no record could hold."""

import pytest

from hil.cli.job import Job, looked_through
from hil.errors import UserError
from hil.report import events, traveller
from hil.report.serials import LONGEST
from hil.station import Station

ODD = [
    '#panic("x")',
    "<script>alert(1)</script>",
    "../../x",
    "a" * LONGEST,
    "\N{PILE OF POO}\u200d\N{FIRE}",
    "\u05e9\u05dc\u05d5\u05dd",
    "=1+1",
    "50%",
]


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A machine that is no station."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("HIL_STATION", raising=False)


def told(**options):
    return looked_through(Job(**options), "2026-11-22").told


def test_what_is_told_has_the_keys_of_a_record(nowhere):
    assert set(told(operator="N. N.")) <= set(events.TRAVELLER)
    assert told() == {key: events.TRAVELLER[key] for key in told()}


@pytest.mark.parametrize("text", ODD)
def test_any_line_of_text_is_kept_as_it_is(nowhere, tmp_path, text):
    made = told(operator=text, order=text, batch=text, serials=[f"lens={text}"])
    traveller.write(tmp_path, made)
    read = traveller.read(tmp_path)
    assert (read["operator"], read["order"], read["part"]["batch"], read["sub_units"]) == (text, text, text, {"lens": text})


@pytest.mark.parametrize("given", [("HQ-100", "HQ-100", None), ("HQ-100/B", "HQ-100", "B"), ("a/b/3", "a/b", "3")])
def test_a_revision_stands_behind_the_last_slash(nowhere, given):
    part, number, revision = given
    assert told(part=part)["part"] == {"number": number, "revision": revision, "batch": None}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"operator": " "}, "--operator ' ' is not an operator"),
        ({"operator": "a" * (LONGEST + 1)}, f"{LONGEST + 1} characters"),
        ({"order": "a\u202eb"}, "U\\+202E"),
        ({"part": "HQ/"}, "nothing but blanks"),
        ({"serials": ["lens"]}, 'there is no "="'),
        ({"serials": ["=5"]}, "PART=SERIAL"),
        ({"serials": ["lens=1", "lens=2"]}, "lens has a serial number already"),
        ({"serials": ["lens=a\nb"]}, "U\\+000A"),
        ({"waive": ["EQ-7=late"]}, "this machine is no station"),
    ],
)
def test_what_no_record_could_hold_is_refused_with_the_rule(nowhere, options, said):
    with pytest.raises(UserError, match=said):
        told(**options)


def test_a_waiver_names_equipment_of_the_station(tmp_path):
    station = Station.init(tmp_path / "s", {"id": "ST-01", "name": "n"})
    with (station.folder / "station.toml").open("a") as file:
        file.write('[[equipment]]\nid = "EQ-7"\nname = "counter"\ndue = 2020-01-01\n')
    assert looked_through(Job(station=station.folder), "2026-11-22").bars[0].where == "EQ-7"
    assert not looked_through(Job(station=station.folder, waive=["EQ-7=loan = unit"]), "2026-11-22").bars
    with pytest.raises(UserError, match='did you mean "EQ-7"'):
        looked_through(Job(station=station.folder, waive=["EQ-8=x"]), "2026-11-22")


def test_a_key_that_cannot_sign_is_named_before_anything_is_driven(tmp_path):
    station = Station.init(tmp_path / "s", {"id": "ST-01", "name": "n"})
    (station.folder / "station.key").unlink()
    with pytest.raises(UserError, match="restore it from its backup"):
        looked_through(Job(station=station.folder), "2026-11-22")


def test_what_a_record_does_not_have_does_not_travel(tmp_path):
    with pytest.raises(KeyError, match="a record has attempt, operator"):
        traveller.write(tmp_path, {"colour": "red"})


@pytest.mark.parametrize("content", ["", "[]", "null", "{"])
def test_a_traveller_that_is_none_is_the_callers_mistake(tmp_path, content):
    (tmp_path / "traveller.json").write_text(content)
    with pytest.raises(UserError, match="not a traveller"):
        traveller.read(tmp_path)


def test_attempts_are_counted_by_unit_rig_plan_and_world(tmp_path):
    for number, (rig, plan, simulated) in enumerate(
        [("gs", "line", True), ("gs", "line", True), ("gs", "quick", True), ("gs", "line", False)]
    ):
        (tmp_path / str(number)).mkdir()
        opening = {"event": "run", "rig": rig, "plan": {"name": plan}, "simulated": simulated}
        (tmp_path / str(number) / "journal.jsonl").write_text(f"{opening}\n".replace("'", '"').replace("T", "t").replace("F", "f"))
    (tmp_path / "barred").mkdir()
    barred = '{"event": "run", "rig": "gs", "plan": {"name": "line"}, "simulated": true}\n{"event": "diagnosis", "severity": "invalid"}\n'
    (tmp_path / "barred" / "journal.jsonl").write_text(barred)
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "journal.jsonl").write_text("{")
    assert traveller.attempt(tmp_path, rig="gs", plan="line", simulated=True) == 3
    assert traveller.attempt(tmp_path / "none", rig="gs", plan="line", simulated=True) == 1
