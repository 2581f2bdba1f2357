"""Several processes seal at one station at once: its chain stays a chain."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys

import pytest

from hil.cli import stations
from hil.errors import UserError
from hil.station import Station, find, seal
from hil.station.chain import Chain
from hil.station.verify import known, of_chain, of_record

PLAN = 'name = "short"\nversion = 1\nbudget_s = 45\nprocedure = { id = "QP-17", version = "C" }\n[checks]\nidentity = {}\n'
COUNT, EACH = 4, 12


def seal_some(folder, records):
    station = find(folder)
    for record in records:
        seal(record, station)


def accept(folder, station, *words):
    (folder / "short.toml").write_text(PLAN)
    argv = [sys.executable, "-m", "hil", "accept", *words, "--sim", "--plan", "short.toml", "--json", "out.json"]
    env = {**os.environ, "HIL_STATION": str(station.folder)}
    done = subprocess.run(argv, capture_output=True, text=True, cwd=folder, timeout=300, check=False, env=env)
    out = folder / "out.json"
    return done, json.loads(out.read_text()) if out.exists() else None


def test_no_number_is_lost_and_none_is_used_twice(record_of, station):
    spawn = multiprocessing.get_context("spawn")
    work = [[record_of(unit=f"U-{worker}-{one}") for one in range(EACH)] for worker in range(COUNT)]
    workers = [spawn.Process(target=seal_some, args=(station.folder, records)) for records in work]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    links = station.chain.links()
    assert [link.sequence for link in links] == list(range(1, COUNT * EACH + 1))
    assert all(one.holds for one in of_chain(station.chain.path))
    assert {link.unit for link in links} == {record["unit"] for records in work for record in records}


class DiedError(Exception):
    """Stands for a process that ends in the middle of its work."""


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_wherever_sealing_breaks_off_the_next_try_gives_one_place(record_of, station, monkeypatch, at):
    first = seal(record_of(), station)
    with monkeypatch.context() as broken:

        def die(*_):
            raise DiedError

        broken.setattr(f"hil.station.chain.{'Path.replace' if at == 'replace' else f'os.{at}'}", die)
        with pytest.raises(DiedError):
            seal(record_of(second=1), station)
    again = seal(record_of(second=1), station)
    third = seal(record_of(second=2), station)
    assert [one["seal"]["sequence"] for one in (first, again, third)] == [1, 2, 3]
    assert all(one.holds for one in of_chain(station.chain.path))


def test_rigs_that_run_side_by_side_are_chained(tmp_path, station):
    words = ("--unit", "SN-1", "--operator", "N. N.", "--order", "4711", "--part", "HQ-100/B", "--batch", "7", "--serial", "lens=L-1")
    done, records = accept(tmp_path, station, "camera-module-3", "gs", "-n", "2", *words)
    assert done.returncode == 0, done.stderr
    assert sorted(record["certificate"]["number"] for record in records) == ["ST-01-000001", "ST-01-000002"]
    assert all(one.holds for record in records for one in of_record(record, known(station=station)))
    assert {"kernel", "libcamera", "picamera2"} <= set(records[0]["versions"])
    assert not re.search(r"/(work|tmp|home|root|usr|opt)/", json.dumps(records))
    about = ("operator", "order", "part", "sub_units", "procedure")
    expected = ["N. N.", "4711", {"number": "HQ-100", "revision": "B", "batch": "7"}, {"lens": "L-1"}]
    assert [records[0][key] for key in about] == [*expected, {"id": "QP-17", "version": "C", "title": ""}]


def test_overdue_equipment_bars_the_station_until_it_is_waived(tmp_path, station):
    overdue = '[[equipment]]\nid = "EQ-7"\nname = "counter"\ndue = 2020-01-01\n'
    (station.folder / "station.toml").write_text(f'id = "ST-01"\nname = "n"\n{overdue}')
    done, (record,) = accept(tmp_path, station, "gs", "--unit", "SN-1")
    assert (done.returncode, record["verdict"], record["measurements"]) == (3, "INVALID", [])
    assert record["headline"] == "EQ-7 (counter) was due for calibration on 2020-01-01"
    done, (record,) = accept(tmp_path, station, "gs", "--unit", "SN-1", "--operator", "N. N.", "--waive", "EQ-7=loan unit, note 12")
    assert (done.returncode, record["verdict"], record["attempt"]) == (0, "PASS", 1)  # the barred one drove nothing
    assert record["waivers"] == [{"what": "EQ-7", "reason": "loan unit, note 12", "by": "N. N."}]
    assert (record["seal"]["sequence"], record["certificate"]["number"]) == (2, "ST-01-000002")


def test_a_chain_keeps_its_stations_id(tmp_path, station, record_of):
    seal(record_of(), station)
    (station.folder / "station.toml").write_text('id = "ST-02"\nname = "n"\n')

    with pytest.raises(UserError, match="sealed by station ST-01"):
        Station(station.folder).refuse_another_id()


def test_a_chain_that_was_cut_is_said_whenever_it_is_used(tmp_path, station, record_of):
    for second in (1, 2):
        seal(record_of(second=second), station)
    station.chain.path.write_bytes(station.chain.path.read_bytes().splitlines(keepends=True)[0])

    shown, _ = stations.show(station.folder, as_json=False)
    done, _ = accept(tmp_path, station, "gs", "--unit", "SN-1")

    assert "BROKEN: it ends with 1, but 2 were sealed (head.json): its end was cut off" in shown
    assert "it ends with 1, but 2 were sealed (head.json): its end was cut off" in done.stderr
    assert done.returncode == 0


def test_a_process_that_dies_leaves_a_record_that_is_sealed(tmp_path, station):
    (tmp_path / "test_dies.py").write_text(f"import os\n\n\ndef test_dies(camera):\n    os.kill(os.getpid(), {int(signal.SIGKILL)})\n")
    done, (record,) = accept(tmp_path, station, "gs", "--tests", "test_dies.py")
    assert (done.returncode, record["verdict"]) == (3, "ERROR")
    assert all(one.holds for one in of_record(record, known(station=station)))
    assert len(Chain(station.folder).links()) == 1
