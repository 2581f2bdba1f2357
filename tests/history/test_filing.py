"""What `hil accept` does with a run that has ended."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hil import history as filing
from hil.errors import UserError
from hil.history import needs, tables
from hil.history.store import History
from hil.report.jsontext import document

from .made import START, record


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("HIL_HISTORY", raising=False)
    folder = tmp_path / "reports" / "A" / "run"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(document(record("A")))
    return folder


def runs(path):
    with History.open(str(path)) as history, history.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(tables.runs)).scalar()


def test_a_run_is_filed_among_the_reports_once(run, tmp_path):
    assert filing.file(run, reports=tmp_path / "reports") == ""
    assert filing.file(run, reports=tmp_path / "reports") == ""
    assert runs(tmp_path / "reports" / "history.sqlite") == 1


def test_what_is_said_comes_before_the_environment_and_that_before_the_station(run, tmp_path, monkeypatch):
    station = SimpleNamespace(file=SimpleNamespace(history=str(tmp_path / "station.sqlite")))
    filing.file(run, station)
    monkeypatch.setenv("HIL_HISTORY", str(tmp_path / "environment.sqlite"))
    filing.file(run, station)
    filing.file(run, station, db=str(tmp_path / "said.sqlite"))
    assert [runs(tmp_path / f"{name}.sqlite") for name in ("station", "environment", "said")] == [1, 1, 1]


def test_a_history_that_is_out_of_reach_is_said_in_one_line_and_nothing_is_raised(run, tmp_path):
    assert filing.file(run, db="/proc/h.sqlite").startswith("not filed in the history: the history /proc/h.sqlite cannot be opened")
    (run / "record.json").write_text(document(record("A") | {"verdict": "FAIL"}))
    assert "changed since it was sealed" in filing.file(run, db=str(tmp_path / "h.sqlite"))


def test_without_the_factorys_packages_nothing_is_filed_and_a_question_says_what_to_install(run, tmp_path, monkeypatch):
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name == "sqlalchemy" else object())
    assert filing.file(run, reports=tmp_path / "reports") == ""
    assert not (tmp_path / "reports" / "history.sqlite").exists()
    with pytest.raises(UserError, match=r"pip install 'rpi-camera-hil\[factory\]'"):
        needs.require()


def test_the_command_line_imports_no_database_until_it_is_asked():
    code = "import sys, hil.cli.main; print([name for name in ('sqlalchemy', 'alembic', 'scipy') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_several_stations_file_at_once_and_every_record_arrives_once(url, tmp_path):
    told = [record(f"U{at}", at=START + at) for at in range(12)]
    History.open(url, evidence_folder=tmp_path).close()

    def station(some):
        with History.open(url, evidence_folder=tmp_path) as history:
            return [history.add(one).what for one in some]

    with ThreadPoolExecutor(3) as pool:
        done = [what for answer in pool.map(station, [told, told[::-1], told[6:]]) for what in answer]
    assert (done.count("added"), done.count("known")) == (12, 18)
