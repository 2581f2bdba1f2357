"""`hil verify`: each way in which a record can be wrong has its sentence."""

import copy
import json

import pytest

from hil.errors import UserError
from hil.report.jsontext import document
from hil.station import Station, canonical, keys, seal
from hil.station.seal import BLANK, sha256_of
from hil.station.verify import known, of_chain, of_record, of_text


def text_of(record):
    return document(record).encode()


def broken(findings):
    return [(one.what, one.says) for one in findings if not one.holds]


@pytest.fixture
def two(record_of, station):
    """Two sealed records, one after the other."""
    return [seal(record_of(second=second), station) for second in (1, 2)]


@pytest.fixture
def elsewhere(tmp_path):
    """Another station, which has the same id and another key."""
    return Station.init(tmp_path / "elsewhere", {"id": "ST-01", "name": "not the same"})


def test_a_record_that_nobody_touched_holds(two, station):
    for record in two:
        found = of_text(text_of(record), known(station=station))
        assert [one.status for one in found] == ["ok"] * 4


@pytest.mark.parametrize(
    ("old", "new"), [(b'"unit": "HQ-0001"', b'"unit":  "HQ-0001"'), (b"5.0", b"5.00"), (b"5.0", b"50e-1"), (b"}\n", b"}")]
)
def test_a_byte_that_means_nothing_is_found_all_the_same(two, station, old, new):
    (what, says), *more = broken(of_text(text_of(two[0]).replace(old, new), known(station=station)))
    assert (what, more) == ("bytes", [])
    assert "not as hil writes it" in says


def test_a_number_that_is_only_spelt_in_another_way_is_found(two, station):
    found = broken(of_text(text_of(two[0]).replace(b'"value": 5.0', b'"value": 5'), known(station=station)))
    assert found == [("hash", "its content does not have the hash in its seal: something in it was changed")]


def test_a_changed_value_is_found_by_hash_and_signature(two, station):
    found = broken(of_text(text_of(two[0]).replace(b'"verdict": "PASS"', b'"verdict": "FAIL"'), known(station=station)))
    assert [what for what, _ in found] == ["hash", "signature"]


def test_who_changes_it_and_makes_the_hash_anew_cannot_sign_it(two, station):
    forged = copy.deepcopy(two[0])
    forged["verdict"] = "FAIL"
    again = seal({**forged, "seal": dict(BLANK)})["seal"]
    forged["seal"] |= {"content": again["content"]}
    forged["seal"]["sha256"] = sha256_of(forged)
    found = broken(of_text(text_of(forged), known([station.public])))
    assert [what for what, _ in found] == ["signature"]
    assert "somebody without the key changed it" in found[0][1]


def test_a_record_signed_with_another_key_is_not_the_stations(record_of, elsewhere, station):
    forged = seal(record_of(), elsewhere)
    (what, says), *_ = broken(of_text(text_of(forged), known([station.public])))
    assert what == "signature"
    assert says.startswith(f"signed by key {keys.name(keys.public(elsewhere.public))[:16]}…, not by ")


def test_a_key_that_only_the_record_names_proves_nothing(two):
    (what, says), *_ = broken(of_text(text_of(two[0]), known()))
    assert what == "signature"
    assert "which is not known here: give --key FILE.pub of station ST-01" in says


def test_a_stations_key_signs_for_no_other_station(record_of, station):
    record = record_of()
    forged = seal({**record, "station": {**record["station"], "id": "ST-09"}}, station)
    found = dict(broken(of_record({**forged, "seal": {**forged["seal"], "station": "ST-09"}}, known(station=station))))
    assert found["signature"].endswith("is that of station ST-01, not of ST-09")


def test_who_takes_signature_and_station_away_is_left_with_a_certificate_that_is_not_signed(two, station):
    bare = {**two[0], "seal": dict(BLANK)}
    stripped = {**seal(bare), "certificate": two[0]["certificate"]}
    stripped["seal"]["sha256"] = sha256_of(stripped)
    assert broken(of_record(stripped, known(station=station))) == [("signature", "it is called ST-01-000001, and is not signed")]


def test_a_record_without_a_station_holds_but_says_what_that_is_worth(record_of, station):
    record = seal({**record_of(), "station": {}})
    assert broken(of_text(text_of(record), known())) == []
    assert [one.status for one in of_record(record, known())] == ["ok", "open"]
    assert broken(of_record(record, known([station.public]))) == [("signature", "it is not signed, by no key")]


def test_a_missing_predecessor_is_named(two, station):
    chain = station.chain.path
    chain.write_bytes(chain.read_bytes().splitlines(keepends=True)[1])
    (what, says), *more = broken(of_text(text_of(two[1]), known([station.public], [chain])))
    assert (what, more) == ("chain", [])
    assert says == f"number 2 of station ST-01: its predecessor, number 1, {two[0]['seal']['sha256'][:16]}…, is missing"


def test_without_a_chain_the_predecessors_record_will_do(two, station):
    here = known([station.public])
    assert "is there" in of_record(two[1], here, two)[-1].says
    alone = of_record(two[1], here, [two[1]])[-1]
    assert (alone.status, alone.holds) == ("open", True)
    assert "give its record too, or --chain" in alone.says


def test_a_gap_among_the_records_that_are_given_is_a_missing_predecessor(record_of, station):
    first, _, third = (seal(record_of(second=second), station) for second in range(3))
    assert [what for what, _ in broken(of_record(third, known([station.public]), [first, third]))] == ["chain"]


def test_a_number_that_was_used_twice_is_named_with_both_records(record_of, station):
    first = seal(record_of(), station)
    for name in ("chain.jsonl", "head.json"):
        (station.folder / name).unlink()
    second = seal(record_of(second=1), station)
    says = dict(broken(of_record(first, known([station.public]), [first, second])))["chain"]
    assert says == f"number 1 of station ST-01 is another record too: {second['seal']['sha256'][:16]}…"


def test_a_record_that_the_chain_does_not_have_is_named(two, station):
    lines = station.chain.path.read_bytes().splitlines(keepends=True)
    station.chain.path.write_bytes(lines[0])
    assert "the chain was cut" in dict(broken(of_record(two[1], known(station=station))))["chain"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines, None),
        (
            lambda lines: [*lines[:3], lines[3].replace(b"ST-01", b"ST-02")],
            "number 4 is of station ST-02, the one before of ST-01",
        ),
        (lambda lines: lines[:2], "it ends with 2, but 4 were sealed (head.json): its end was cut off"),
        (lambda lines: [lines[0], *lines[2:]], "number 2 is missing before 3"),
        (lambda lines: [lines[0], lines[3]], "numbers 2 to 3 are missing before 4"),
        (lambda lines: [*lines[:2], *lines[1:]], "number 2 was used twice"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b'"previous":"', b'"previous":"0'), lines[3]],
            "number 3 names another record before it than number 2",
        ),
        (lambda lines: [lines[0], b"{}\n", *lines[1:]], "line 2 is no line of a chain"),
    ],
)
def test_a_chain_tells_what_was_done_to_it(record_of, station, change, says):
    for second in range(4):
        seal(record_of(second=second), station)
    chain = station.chain.path
    chain.write_bytes(b"".join(change(chain.read_bytes().splitlines(keepends=True))))
    found = broken(of_chain(chain))
    assert [what for what, _ in found] == ([] if says is None else ["chain"])
    assert says is None or found[0][1].startswith(says)


def test_lines_in_another_order_are_said_to_be_that(record_of, station):
    for second in range(3):
        seal(record_of(second=second), station)
    chain = station.chain.path
    one, two, three = chain.read_bytes().splitlines(keepends=True)
    chain.write_bytes(one + three + two)
    assert "number 2 comes after 3: lines were put in another order" in [says for _, says in broken(of_chain(chain))]


def test_a_chain_without_a_line_holds_nothing(tmp_path):
    (tmp_path / "chain.jsonl").write_bytes(b"")
    assert broken(of_chain(tmp_path / "chain.jsonl")) == [("chain", "there is no record in it")]


def test_a_record_that_does_not_hold_says_nothing_against_a_good_one(two, station):
    forged = copy.deepcopy(two[1])
    forged["seal"]["sha256"] = "0" * 64
    assert not broken(of_record(two[1], known([station.public]), [forged, *two]))


@pytest.mark.parametrize("number", ["1.0", '"1"', "true", "9007199254740993"])
def test_a_sequence_is_a_whole_number_and_nothing_like_it(two, station, number):
    text = document(two[0]).replace('"sequence": 1', f'"sequence": {number}')
    assert broken(of_text(text.encode(), known(station=station)))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_cannot_be_read(content):
    with pytest.raises(UserError, match="a record asked for"):
        of_text(content, known())


@pytest.mark.parametrize(
    "change", [{"seal": None}, {"seal": {}}, {"seal": {"format": "x", "sha256": "0"}}, {"unit": float("nan")}, {"unit": "\ud800"}]
)
def test_a_record_without_a_seal_or_with_what_no_record_has_does_not_hold(two, change):
    assert broken(of_text(json.dumps({**two[0], **change}, indent=1).encode(), known()))


def test_only_a_record_holds():
    assert broken(of_text(b"[]\n", known())) == [("seal", "this is no record")]


def test_the_canonical_form_does_not_depend_on_the_order_of_keys(two):
    assert canonical(dict(reversed(two[0].items()))) == canonical(two[0])


@pytest.mark.parametrize("missing", ["station", "sequence", "previous", "key", "content", "signature"])
def test_a_seal_that_lacks_a_key_is_no_seal(record_of, station, missing):
    made = seal(record_of(), station)
    cut = {**made, "seal": {name: value for name, value in made["seal"].items() if name != missing}}
    assert [(one.status, one.says) for one in of_record(cut, known())] == [("broken", "its seal is not as hil writes seals")]
