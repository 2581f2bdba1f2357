"""Records go in once, on SQLite and on PostgreSQL alike."""

import sqlalchemy as sa

from hil.history import tables


def count(history, table):
    with history.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def test_a_record_comes_out_as_it_went_in(history, record):
    told = record("HQ-1 ✓ 日本", [55.5, 56.5])
    assert history.add(told).what == "added"
    assert history.record(1) == told
    assert count(history, tables.measurements) == 2


def test_the_same_record_again_is_known_and_changes_nothing(history, record):
    told = record()
    history.add(told)
    assert history.add(told).what == "known"
    assert count(history, tables.runs) == 1


def test_another_record_in_the_same_place_of_a_chain_is_a_conflict_and_named(history, record):
    history.add(record("A", station="ST-1", sequence=7))
    said = history.add(record("B", station="ST-1", sequence=7))
    assert said.what == "conflict"
    assert "station ST-1 has another record number 7" in said.says
    assert count(history, tables.records) == 1


def test_a_certificate_number_belongs_to_one_record(history, record):
    history.add(record("A", certificate={"number": "ST-1-000007", "refused": ""}))
    said = history.add(record("B", certificate={"number": "ST-1-000007", "refused": ""}))
    assert (said.what, "certificate ST-1-000007" in said.says) == ("conflict", True)


def test_a_record_that_was_changed_is_refused(history, record):
    told = record() | {"verdict": "FAIL"}
    said = history.add(told)
    assert said.what == "refused"
    assert "changed since it was sealed" in said.says


def test_in_bulk_the_good_ones_are_filed_whatever_the_others_are(history, record):
    from hil.history.seals import sealed

    told = [record("A"), record("B") | {"verdict": "FAIL"}, record("A"), record("C")]
    done = [one.what for one in history.add_all(("", one, sealed(one)) for one in told)]
    assert sorted(done) == ["added", "added", "known", "refused"]
    assert count(history, tables.units) == 2


def test_a_record_that_cannot_be_read_is_refused_and_leaves_nothing(history, record):
    from hil.history.seals import sealed
    from hil.station.seal import sha256_of

    def odd(**more):
        told = record(more.pop("unit", "B"))
        told["measurements"] = [told["measurements"][0] | more]
        return told | {"seal": {**told["seal"], "sha256": sha256_of(told)}}

    told = [odd(conditions=5), odd(attempt="many"), record("A"), odd(unit="C", conditions={"lines": 7})]
    done = [one.what for one in history.add_all(("", one, sealed(one)) for one in told)]
    assert done == ["refused", "refused", "added", "added"]
    counted = [count(history, table) for table in (tables.records, tables.units, tables.runs, tables.measurements, tables.characteristics)]
    assert counted == [2, 2, 2, 2, 1]
    with history.reading() as connection:
        assert "1336" in connection.execute(sa.select(tables.characteristics.c.conditions)).scalar_one()


def test_two_that_file_in_turn_agree_about_units(history, record):
    from hil.history.store import History

    with History.open(history.engine.url.render_as_string(hide_password=False).removeprefix("sqlite:///"), create=False) as other:
        for at, one in enumerate((history, other, history, other, history)):
            one.add(record(f"U{(0, 1, 1, 2, 0)[at]}", at=1_795_000_000 + at))
    told = sa.select(tables.units.c.serial).join(tables.runs, tables.runs.c.unit_id == tables.units.c.id).order_by(tables.runs.c.id)
    with history.reading() as connection:
        assert connection.execute(told).scalars().all() == ["U0", "U1", "U1", "U2", "U0"]


def test_what_is_no_number_is_kept_as_none_and_the_record_says_what_it_was(history, record):
    history.add(record(value=float("nan")))
    with history.reading() as connection:
        row = connection.execute(sa.select(tables.measurements)).one()
    assert (row.value, row.verdict) == (None, "ERROR")
    assert history.record(1)["measurements"][0]["value"] == "NaN"


def test_evidence_is_kept_once_under_its_hash_and_never_from_outside_the_folder(history, record, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "frame.png").write_bytes(b"picture")
    (tmp_path / "secret").write_text("not ours")
    names = ["frame.png", "../secret", "gone.png", ""]
    told = record(attachments=[{"name": name, "path": name, "mime": "image/png", "test": ""} for name in names])
    history.add(told, run)
    with history.reading() as connection:
        kept = connection.execute(sa.select(tables.evidence)).all()
    assert [(one.name, one.size) for one in kept] == [("frame.png", 7)]
    assert (history.evidence_folder / kept[0].sha256[:2] / kept[0].sha256).read_bytes() == b"picture"
