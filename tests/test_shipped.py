"""Shipped files are found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil import shipped
from hil.errors import UserError

KINDS = ("rigs", "plans", "acceptance", "fixtures", "examples")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_folder(kind: shipped.Kind) -> None:
    assert shipped.path(kind).is_dir()


def test_an_installed_package_brings_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hil/_shipped/rigs").mkdir(parents=True)
    (tmp_path / "hil/_shipped/rigs/one.toml").touch()
    (tmp_path / "rigs").mkdir()
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "hil")

    assert shipped.names("rigs") == ("one",)


def test_an_installation_without_its_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "hil")

    with pytest.raises(UserError, match="this installation has no rigs"):
        shipped.path("rigs")


def test_plans_are_part_of_the_acceptance_suite() -> None:
    assert shipped.path("plans").parent == shipped.path("acceptance")


def test_a_bare_name_is_a_shipped_rig_even_beside_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gs").touch()
    monkeypatch.chdir(tmp_path)

    assert shipped.find("rigs", "gs") == shipped.path("rigs") / "gs.toml"
    assert shipped.find("rigs", "./gs") == Path("gs")


def test_a_path_object_is_always_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UserError):
        shipped.find("rigs", Path("gs"))


def test_any_existing_file_goes_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").touch()
    monkeypatch.chdir(tmp_path)

    assert shipped.find("rigs", "mine.toml") == Path("mine.toml")
    assert shipped.find("rigs", str(tmp_path / "mine.toml")) == tmp_path / "mine.toml"


@pytest.mark.parametrize(
    ("wrong", "nearest"), [("hq", "hq-cs"), ("GS", "gs"), ("camera-modul-3", "camera-module-3"), ("rigs/gss.toml", "gs")]
)
def test_the_nearest_name_is_offered(wrong: str, nearest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UserError, match=f'try    did you mean "{nearest}"') as caught:
        shipped.find("rigs", wrong)
    assert "shipped rigs: camera-module-1, " in str(caught.value)
