"""The rigs that come with the package are healthy, short and documented."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest
from pydantic import BaseModel

from hil import shipped
from hil.rig import load, model, planfile, schema

SINGLE = (
    "camera-module-1", "camera-module-1-noir", "camera-module-2", "camera-module-2-noir",
    "camera-module-3", "camera-module-3-noir", "camera-module-3-wide", "camera-module-3-wide-noir",
    "gs", "hq-cs", "hq-m12",
)  # fmt: skip
WIRED = ("gs-pair", "gs-trigger", "gs-trigger-pair", "hq-pair", "hq-pair-page", "hq-pair-pi5")
RIGS = (*SINGLE, *WIRED)


def tables(module: object) -> list[type[BaseModel]]:
    return [item for item in vars(module).values() if isinstance(item, type) and issubclass(item, model.Strict) and item.model_fields]


def test_eleven_single_cameras_and_six_wired_rigs_are_shipped() -> None:
    assert shipped.names("rigs") == tuple(sorted(RIGS))


@pytest.mark.parametrize("name", RIGS)
def test_a_shipped_rig_has_its_file_s_name_and_judges_its_cameras(name: str) -> None:
    rig = load(name)

    assert rig.name == name
    assert rig.text.startswith(f"# rigs/{name}.toml: ")
    assert rig.unit == tuple(rig.cameras)
    assert len(rig.text.splitlines()) <= (16 if name in SINGLE else 30)


@pytest.mark.parametrize("name", WIRED)
def test_a_wired_rig_says_what_each_camera_does(name: str) -> None:
    rig = load(name)

    assert sorted(str(camera.sync) for camera in rig.cameras.values()) in (["sink", "source"], ["trigger"], ["trigger", "trigger"])
    assert rig.strobe is not None
    assert rig.strobe.seen_by == rig.unit
    assert (rig.clock is not None) == (len(rig.hosts) > 1)


def test_every_module_of_the_catalog_has_a_shipped_rig() -> None:
    from hil import catalog

    fitted = {camera.module for name in RIGS for camera in load(name).cameras.values()}

    assert fitted == {module.name for module in catalog.modules()}


@pytest.mark.parametrize("table", tables(model), ids=lambda table: table.__name__)
def test_the_readme_documents_every_key_of_a_rig(table: type[BaseModel]) -> None:
    readme = (shipped.path("rigs") / "README.md").read_text()

    assert [key for key in table.model_fields if f"`{key}`" not in readme and f"`[{key}]`" not in readme] == []


@pytest.mark.parametrize("table", tables(planfile), ids=lambda table: table.__name__)
def test_the_readme_documents_every_key_of_a_plan(table: type[BaseModel]) -> None:
    readme = (shipped.path("plans") / "README.md").read_text()

    assert [key for key in table.model_fields if f"`{key}`" not in readme and f"`[{key}]`" not in readme] == []


def test_the_readme_gives_the_default_of_every_option_of_a_check() -> None:
    table = (shipped.path("plans") / "README.md").read_text().partition("## `[checks]`")[2].partition("## `[limits]`")[0]
    check, told = "", {}
    for cells in ([cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.startswith("| ")):
        check = cells[1].strip("`") or check
        if cells[2].startswith("`"):
            told[check, cells[2].strip("`")] = json.loads(cells[4].strip("`"))

    checks = planfile.Checks.model_validate({name: {} for name in planfile.Checks.model_fields}).model_dump(mode="json")
    assert told == {(check, key): value for check, options in checks.items() for key, value in options.items() if key != "on_fail"}


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_the_schema_for_editors_is_current(name: str) -> None:
    assert (shipped.path("rigs") / name).read_text() == schema.text_of(name), "run: python -m hil.rig.schema"


@pytest.mark.parametrize("name", RIGS)
def test_the_schema_for_editors_accepts_a_shipped_rig(name: str) -> None:
    text = shipped.find("rigs", name).read_text()

    jsonschema.validate(tomllib.loads(text), json.loads(schema.text_of("rig.schema.json")))


def test_a_rig_keeps_its_hash_when_only_comments_and_spacing_change(tmp_path) -> None:
    rig = load("gs")
    copy = tmp_path / "gs.toml"
    copy.write_text("# mine\n" + rig.text.replace(" = ", "="))

    assert load(copy).sha256 == rig.sha256


def test_a_rig_gets_another_hash_with_another_port(tmp_path) -> None:
    rig = load("gs")
    copy = tmp_path / "gs.toml"
    copy.write_text(rig.text.replace("CAM1", "CAM0"))

    assert load(copy).sha256 != rig.sha256
