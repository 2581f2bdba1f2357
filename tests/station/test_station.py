"""Setting up a station, its file, and what `hil station` prints."""

import stat
from datetime import date

import pytest
from typer.testing import CliRunner

from hil.cli.main import app
from hil.errors import Faults, UserError
from hil.station import Station, find, keys

GOOD = 'id = "ST-01"\nname = "camera line 1"\n'
COUNTER = '[[equipment]]\nid = "EQ-7"\nname = "frequency counter"\ncalibrated = 2026-03-31\ndue = 2027-03-31\n'


@pytest.fixture
def written(station):
    """`written(text)`: the station, with that station.toml."""

    def write(text):
        (station.folder / "station.toml").write_text(text)
        return find(station.folder)

    return write


def hil(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_its_key_is_its_owners_alone(station):
    assert stat.S_IMODE((station.folder / "station.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(station.folder.stat().st_mode) == 0o700
    assert (station.folder / "station.pub").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_a_key_that_others_may_read_is_refused(station):
    (station.folder / "station.key").chmod(0o640)
    with pytest.raises(UserError, match="others than its owner may read"):
        _ = station.key


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff"])
def test_what_is_no_key_is_refused(station, content):
    (station.folder / "station.key").write_bytes(content)
    with pytest.raises(UserError, match="it is no private key"):
        _ = station.key
    with pytest.raises(UserError, match="it is no public key"):
        keys.public(station.folder / "station.key")


@pytest.mark.parametrize("there", ["station.toml", "station.key", "chain.jsonl"])
def test_nothing_that_is_there_is_overwritten(tmp_path, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(UserError, match=f"{there} is there already"):
        Station.init(tmp_path, {"id": "ST-01", "name": "n"})
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_an_id_that_could_not_number_a_certificate_leaves_nothing_behind(tmp_path):
    with pytest.raises(Faults, match="certificates are numbered with it"):
        Station.init(tmp_path / "s", {"id": "ST/01", "name": "n"})
    assert list((tmp_path / "s").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "id and name"),
        ('nam = "x"\nid = "ST-01"\n', '1  nam: no such key; did you mean "name"?'),
        (GOOD + "golden_every_h = 0\n", "3  golden_every_h: 0; must be more than 0"),
        (GOOD + COUNTER.replace("2027-03-31", '"2027-02-30"'), "7  [equipment] due: "),
        (GOOD + COUNTER.replace("2027-03-31", "2027-03-31T12:00:00"), "7  [equipment] due: 2027-03-31 12:00:00 is a time"),
        (GOOD + COUNTER.replace('"EQ-7"', "7"), '4  [equipment] id: 7 is a number; write "EQ-7"'),
        (GOOD + COUNTER.replace("2027-03-31", "2026-03-30"), "due on 2026-03-30, before it was calibrated, 2026-03-31"),
        (GOOD + COUNTER + COUNTER, '9  [equipment] id: "EQ-7" is the id of another one already'),
        (GOOD + '[[golden]]\nunit = "G"\nexpect = "PAS"\n', '5  [golden] expect: "PAS"; write "PASS" or "FAIL"'),
        (GOOD.replace("camera line 1", "a\\nb"), "2  name: "),
    ],
)
def test_every_fault_of_its_file_is_named_by_line_and_key(written, text, said):
    with pytest.raises(UserError) as refused:
        written(text)
    assert said in str(refused.value)


def test_equipment_is_overdue_from_the_day_after(written):
    station = written(GOOD + COUNTER)
    assert station.equipment_problems(date(2027, 3, 31)) == {}
    assert station.equipment_problems(date(2027, 4, 1)) == {"EQ-7": "EQ-7 (frequency counter) was due for calibration on 2027-03-31"}


def test_the_station_is_that_of_the_option_then_of_the_variable_then_of_the_user(station, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("HIL_STATION", raising=False)
    assert find() is None
    own = Station.init(tmp_path / "config" / "hil" / "station", {"id": "OWN", "name": "n"})
    assert find().id == own.id
    monkeypatch.setenv("HIL_STATION", str(station.folder))
    assert (find().id, find(own.folder).id) == ("ST-01", "OWN")


def test_a_station_that_was_named_and_is_not_there_is_the_callers_mistake(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"no station\.toml there"):
        find(tmp_path)
    monkeypatch.setenv("HIL_STATION", str(tmp_path))
    with pytest.raises(UserError, match="hil station init"):
        find()


def test_init_show_and_key_tell_of_it(tmp_path):
    folder = tmp_path / "s"
    made = hil("station", "init", "--id", "ST-01", "--name", "[red]line[/red] 1", "--station", folder)
    assert (made.exit_code, "next   write equipment" in made.output) == (0, True)
    shown = hil("station", "show", "--station", folder)
    assert (shown.exit_code, "[red]line[/red] 1" in shown.output, "nothing yet" in shown.output) == (0, True, True)
    assert hil("station", "key", "--station", folder).output == (folder / "station.pub").read_text()


def test_show_says_what_is_overdue_with_its_exit_status(written, station):
    written(GOOD + COUNTER.replace("2026-", "2019-").replace("2027", "2020"))
    shown = hil("station", "show", "--station", station.folder)
    assert (shown.exit_code, "due 2020-03-31   OVERDUE" in shown.output) == (3, True)
