"""`hil report`: the views of finished runs, made again from their records."""

import json
import subprocess
import sys

import pytest

from hil.cli.report import HERE, Asked, run
from hil.errors import UserError
from hil.report import Journal, build, events, write_all
from hil.report.files import sealed
from hil.report.jsontext import document


@pytest.fixture
def told():
    """A run in which nothing was planned."""
    opening = events.run(
        rig="gs",
        unit="GS-1",
        unit_parts=["gs"],
        simulated=True,
        seed=0,
        plan={"name": "quick", "version": 1},
        started="2026-11-22T14:03:11Z",
    )
    return [opening, events.planned([]), events.end(rig_s=1.0, wall_s=1.0)]


@pytest.fixture
def finished(tmp_path, told):
    """Its folder."""
    folder = tmp_path / "run"
    folder.mkdir()
    with Journal(folder / "journal.jsonl") as journal:
        for event in told:
            journal.write(event)
    write_all(folder)
    return folder


def test_without_an_option_all_views_are_made_again_with_the_same_bytes(finished):
    names = ["certificate.pdf", "junit.xml", "report.html", "table.csv"]
    before = {name: (finished / name).read_bytes() for name in names}
    for name in names:
        (finished / name).unlink()
    [line] = run([finished], Asked())
    assert all(name in line for name in names)
    assert {name: (finished / name).read_bytes() for name in names} == before


def test_a_certificate_has_its_record_inside_and_gives_every_other_view(finished, tmp_path):
    asked = Asked(pdf=tmp_path / "again.pdf", html=tmp_path / "a.html", csv=tmp_path / "a.csv", junit=tmp_path / "a.xml")
    assert run([finished / "certificate.pdf"], asked) == [str(tmp_path / name) for name in ("again.pdf", "a.html", "a.csv", "a.xml")]
    assert (tmp_path / "again.pdf").read_bytes() == (finished / "certificate.pdf").read_bytes()


def test_several_records_go_into_one_csv_but_not_into_one_certificate(finished, tmp_path, told):
    record = sealed(build(told))
    (tmp_path / "all.json").write_text(document([record, record]))
    assert run([tmp_path / "all.json", finished], Asked(csv=tmp_path / "a.csv", junit=tmp_path / "a.xml"))
    with pytest.raises(UserError, match="3 records"):
        run([tmp_path / "all.json", finished], Asked(pdf=tmp_path / "a.pdf"))


def test_what_a_lone_record_cannot_give_is_said(tmp_path, told):
    (tmp_path / "x.json").write_text(document(sealed(build(told))))
    with pytest.raises(UserError, match="it lies in no run's folder"):
        run([tmp_path / "x.json"], Asked())
    with pytest.raises(UserError, match="no allure-results"):
        run([tmp_path / "x.json"], Asked(allure=HERE))


def test_a_users_mistake_shows_no_traceback(tmp_path):
    (tmp_path / "no.pdf").write_text("not a pdf")
    (tmp_path / "record.json").write_text(json.dumps({"schema": "other"}))
    for path in ("no.pdf", "record.json", "nowhere", "nowhere.pdf"):
        done = subprocess.run([sys.executable, "-m", "hil", "report", path], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert path in done.stderr
