"""The seal of a record: its hash, its place in the station's chain, its signature."""

import copy
import json
import struct
from random import Random

import jsonschema
import pytest
import rfc8785

from hil.report import schema
from hil.report.jsontext import document, plain
from hil.station import canonical, intact, seal
from hil.station.canonical import document as text_of
from hil.station.chain import Chain


def test_the_canonical_form_is_that_of_rfc_8785():
    odd = {"\ufb33": 1, "\U0001f600": 2, "é": [0.0, -0.0, 1e16, 1e21, 1e-5, 1e-7, 5e-324, -3.0, 123456789012345678.0], "": '\x7f\x1f"\\/\n'}
    assert canonical(odd) == rfc8785.dumps(odd)


def test_every_double_is_written_as_rfc_8785_has_it():
    random = Random(8785)
    doubles = [struct.unpack("<d", random.randbytes(8))[0] for _ in range(5000)]
    finite = [one for one in doubles if one - one == 0]
    assert canonical(finite) == rfc8785.dumps(finite)


def test_an_integer_that_no_double_tells_apart_is_sealed_as_its_digits(record_of):
    assert canonical([2**53, -(2**60), 2**53 - 1]) == b'["9007199254740992","-1152921504606846976",9007199254740991]'
    assert intact(seal({**record_of(), "seed": 2**60}))


def test_a_record_is_written_as_the_seal_takes_it(record_of):
    for value in (record_of(), plain({"a": [1.0, 1e22, "é\u2028", float("nan")], "b": {}, "c": []})):
        assert text_of(value) == document(value)


def test_a_record_without_a_station_is_sealed_by_its_hash(record_of):
    sealed = seal(record_of())
    jsonschema.validate(json.loads(document(sealed)), schema())
    assert intact(sealed)
    assert (sealed["seal"]["station"], sealed["seal"]["signature"], sealed["certificate"]) == (None, None, {"number": None, "refused": ""})


def test_a_record_of_a_station_is_signed_numbered_and_chained(record_of, station):
    first, second = (seal(record_of(second=second), station) for second in (1, 2))
    jsonschema.validate(json.loads(document(second)), schema())
    assert (first["certificate"]["number"], second["certificate"]["number"]) == ("ST-01-000001", "ST-01-000002")
    assert (first["seal"]["previous"], second["seal"]["previous"]) == (None, first["seal"]["sha256"])
    assert [link.sha256 for link in station.chain.links()] == [first["seal"]["sha256"], second["seal"]["sha256"]]


def test_a_sealed_record_is_returned_as_it_is(record_of, station):
    sealed = seal(record_of(), station)
    assert seal(copy.deepcopy(sealed), station) == seal(sealed) == sealed
    assert len(station.chain.links()) == 1


def test_any_changed_byte_breaks_the_seal(record_of, station):
    text = document(seal(record_of(), station))
    for old, new in (
        ("HQ-0001", "HQ-0002"),
        ('"value": 5.0', '"value": 5'),
        ('"sequence": 1', '"sequence": 2'),
        ("ST-01-000001", "ST-01-000002"),
    ):
        changed = text.replace(old, new, 1)
        assert changed != text
        assert not intact(json.loads(changed))


def test_a_run_that_broke_off_before_its_record_was_written_gets_the_place_it_had(record_of, station):
    lost = seal(record_of(), station)
    later = seal(record_of(second=9), station)
    assert seal(record_of(), station) == lost
    assert [link.sequence for link in station.chain.links()] == [1, 2]
    assert later["seal"]["previous"] == lost["seal"]["sha256"]


@pytest.mark.parametrize("kept", [0, 1, 30])
def test_a_line_that_a_power_cut_broke_off_is_no_record(record_of, station, kept):
    first = seal(record_of(), station)
    with station.chain.path.open("ab") as file:
        file.write(station.chain.path.read_bytes()[:kept])
    second = seal(record_of(second=1), station)
    assert [link.sha256 for link in station.chain.links()] == [first["seal"]["sha256"], second["seal"]["sha256"]]


def test_a_whole_line_that_lacks_only_its_end_is_kept(record_of, station):
    seal(record_of(), station)
    content = station.chain.path.read_bytes()
    station.chain.path.write_bytes(content[:-1])
    seal(record_of(second=1), station)
    assert [link.sequence for link in station.chain.links()] == [1, 2]


def test_a_chain_that_was_cut_does_not_use_a_number_twice(record_of, station):
    for second in range(3):
        seal(record_of(second=second), station)
    lines = station.chain.path.read_bytes().splitlines(keepends=True)
    station.chain.path.write_bytes(b"".join(lines[:1]))
    assert seal(record_of(second=9), station)["seal"]["sequence"] == 4


def test_of_rigs_side_by_side_the_first_to_begin_may_be_the_last_to_end(record_of, station):
    seal(record_of(second=5), station)
    longer = {**record_of(second=0), "time": {"rig_s": 60.0, "wall_s": 60.0}}
    assert seal(longer, station)["certificate"] == {"number": "ST-01-000002", "refused": ""}


@pytest.mark.parametrize(("second", "started"), [(0, "1970-01-01T00:00:09Z"), (5, "2026-11-22T12:03:04Z")])
def test_a_clock_that_is_not_set_is_refused_a_certificate(record_of, station, second, started):
    seal(record_of(second=second), station)
    late = seal({**record_of(), "started": started}, station)
    assert late["certificate"]["number"] is None
    assert "the clock was" in late["certificate"]["refused"]
    assert station.chain.last().sequence == 2


def test_an_empty_folder_has_an_empty_chain(tmp_path):
    assert (Chain(tmp_path).links(), Chain(tmp_path).last()) == ([], None)
