"""The page's hardware table, cell by cell, against a copy of it."""

from pathlib import Path

import pytest

from hil import catalog

LINES = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (Path(__file__).parent / "page_table.md").read_text().splitlines()
]
COLUMNS, ROWS = LINES[0][1:], LINES[2:]


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("module", catalog.modules(), ids=lambda module: module.name)
def test_every_row_of_the_page_stands_in_the_catalog_as_written(module):
    column = COLUMNS.index(module.column)

    for title, *row in ROWS:
        assert squeezed(module.page[title].text) == squeezed(row[column]), title
    assert list(module.page) == [row[0] for row in ROWS]


def test_every_column_of_the_page_has_its_modules():
    assert {module.column for module in catalog.modules()} == set(COLUMNS)


@pytest.mark.parametrize("module", catalog.modules(), ids=lambda module: module.name)
def test_the_page_and_the_sensor_agree_where_no_discrepancy_is_named(module):
    sensor, page = catalog.sensor(module.sensor), module.page

    assert page["Sensor"].value == sensor.title
    assert page["Sensor resolution"].value == sensor.active_size
    assert page["Pixel size"].value == sensor.unit_cell_um
    assert page["Optical size"].value == sensor.facts.text("optical_format")
    assert set(module.mounts) <= set(page["Lens Mount"].value)


def test_noir_modules_exist_exactly_where_the_page_says_so():
    for module in catalog.modules():
        siblings = [other for other in catalog.modules() if other.column == module.column]
        assert any(other.noir for other in siblings) == module.page["NoIR version available?"].value


@pytest.mark.parametrize("module", catalog.modules(), ids=lambda module: module.name)
def test_every_video_mode_of_the_page_is_a_rate_to_hold(module):
    assert tuple(rate.text for rate in module.page_rates) == module.page["Video modes"].value


@pytest.mark.parametrize(
    ("module", "generation", "judged"),
    [
        ("Camera Module 1", "new", ["1080p30"]),
        ("Camera Module 1", "fastest", ["1080p30", "640x480p60"]),
        ("Camera Module 2", "newer", ["1080p47", "1640x1232p41", "640x480p206"]),
        ("Camera Module 2", "slow-vga", ["1080p47", "1640x1232p41"]),
        ("Camera Module 3", "only", ["2304x1296p56", "2304x1296p30 HDR", "1536x864p120"]),
        ("HQ Camera (CS)", "legacy", ["2028x1080p50", "2028x1520p40", "1332x990p120"]),
        ("HQ Camera (M12)", "current", ["2028x1080p50", "2028x1520p40", "1332x990p120"]),
        ("GS Camera", "only", ["1456x1088p60"]),
    ],
)
def test_a_claim_is_judged_only_where_a_mode_of_the_driver_reaches_it(module, generation, judged):
    found = catalog.module(module)
    driver = catalog.sensor(found.sensor).generation(generation)

    assert [rate.text for rate in found.page_rates if rate.judged(driver)] == judged


def test_p120_of_the_hq_camera_needs_8_or_10_bits_with_the_current_driver():
    rate = catalog.module("hq").page_rates[-1]

    assert [mode.bits for mode in rate.reached_by(catalog.sensor("imx477").generation("current"))] == [10, 8]


@pytest.mark.parametrize("one", catalog.discrepancies(), ids=lambda one: one.id)
def test_a_discrepancy_keeps_both_sides_and_says_what_follows(one):
    assert str(one.page)
    assert str(one.established)
    assert one.consequence
    assert one.page.source == "page" != one.established.source
    for name in one.modules:
        assert catalog.module(name).name == name
        assert not one.row or one.row in catalog.module(name).page


def test_670_s_is_a_discrepancy_of_the_page_and_no_limit():
    one = next(one for one in catalog.module("hq").discrepancies if one.id == "hq-exposure")

    assert one.page.value == 670.74
    assert not one.established.judged


def test_documents_and_warnings_find_their_modules():
    for thing in (*catalog.documents(), *catalog.warnings()):
        assert all(catalog.module(name).name == name for name in thing.modules)
    rfi = next(warning for warning in catalog.warnings() if warning.id == "rfi")
    assert rfi.concerns(catalog.module("cm3 wide noir"))
    assert not rfi.concerns(catalog.module("gs"))
