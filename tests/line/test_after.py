"""After a run: what cannot be written down is a line, for the run is over and its record is there."""

from types import SimpleNamespace

import pytest

from hil.line import around

MES = SimpleNamespace(before=None, after="true", timeout_s=5.0, when_offline="refuse")
GOLDEN = SimpleNamespace(unit="GOOD-1", rig=None, expect="PASS", cause=None)


@pytest.mark.parametrize(("unit", "name", "golden"), [("GS-1", "outbox", None), ("GOOD-1", "golden.jsonl", False)])
def test_what_cannot_be_written_at_the_station_is_a_line(record, tmp_path, unit, name, golden):
    if name == "outbox":
        (tmp_path / name).write_text("a file where a folder has to be")
    else:
        (tmp_path / name).mkdir()
    station = SimpleNamespace(folder=tmp_path, file=SimpleNamespace(mes=MES, golden=(GOLDEN,), golden_every_h=8.0, history=None))
    done = around.after(station, record(unit) | {"purpose": "production"}, tmp_path, tmp_path)
    assert done.golden is golden
    assert any("not written down at the station" in one and name in one for one in done.lines)
