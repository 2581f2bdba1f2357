"""`hil verify` of a folder with runs below it."""

from hil.cli.verify import run
from hil.report.jsontext import document
from hil.station import seal


def test_a_folder_of_runs_is_all_of_them(record_of, station, tmp_path, capsys):
    for second in (1, 2, 3):
        folder = tmp_path / "reports" / "HQ-0001" / str(second)
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(document(seal(record_of(second=second), station)))
    assert run([tmp_path / "reports"], [station.public], [], None, as_json=False) == 0
    (tmp_path / "reports" / "HQ-0001" / "2" / "record.json").unlink()
    assert run([tmp_path / "reports"], [station.public], [], None, as_json=False) == 1
    assert "its predecessor, number 2" in capsys.readouterr().out
