"""`hil verify` of a folder with runs below it."""

import shutil
from pathlib import Path

from hil.cli.verify import run
from hil.report.jsontext import document
from hil.station import seal

EXAMPLES = Path(__file__).parents[2] / "reports" / "example"


def test_a_folder_of_runs_is_all_of_them(record_of, station, tmp_path, capsys):
    for second in (1, 2, 3):
        folder = tmp_path / "reports" / "HQ-0001" / str(second)
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(document(seal(record_of(second=second), station)))
    assert run([tmp_path / "reports"], [station.public], [], None, as_json=False) == 0
    (tmp_path / "reports" / "HQ-0001" / "2" / "record.json").unlink()
    assert run([tmp_path / "reports"], [station.public], [], None, as_json=False) == 1
    assert "its predecessor, number 2" in capsys.readouterr().out


def laid(folder, run, *names):
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(EXAMPLES / run / name, folder)


def test_the_certificate_of_another_unit_in_a_runs_folder_is_named(tmp_path, capsys):
    laid(tmp_path / "run", "fail", "record.json")
    shutil.copy(EXAMPLES / "pass" / "certificate.pdf", tmp_path / "run")

    assert run([tmp_path / "run"], [EXAMPLES / "station.pub"], [], None, as_json=False) == 1

    said = capsys.readouterr().out
    assert "it is of unit HQ-0001, EX-01-000001, and the record beside it of unit GS-0007, EX-01-000002" in said


def test_a_certificate_is_the_predecessor_of_a_record_too(tmp_path, capsys):
    laid(tmp_path / "first", "pass", "certificate.pdf")
    laid(tmp_path / "second", "fail", "record.json")

    assert run([tmp_path], [EXAMPLES / "station.pub"], [], None, as_json=False) == 0

    assert "number 2 of station EX-01: the one before it" in capsys.readouterr().out
