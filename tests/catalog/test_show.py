"""What `hil catalog` prints, read as a user reads it."""

import json
import subprocess
import sys

import pytest
from rich.console import Console

from hil import catalog
from hil.catalog import show
from hil.errors import UserError


def printed(module=None, width=100):
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(show.render(module))
    return captured.get()


def test_the_overview_lists_every_module_board_and_lens():
    text = printed()

    for thing in (*catalog.modules(), *catalog.boards(), *catalog.lenses()):
        assert thing.name in text


@pytest.mark.parametrize("module", catalog.modules(), ids=lambda module: module.name)
def test_a_modules_page_has_its_table_modes_discrepancies_and_documents(module):
    text = printed(module.name, width=160)

    assert all(title in text and fact.text in text for title, fact in module.page.items())
    assert all(one.topic in text and one.consequence in text for one in module.discrepancies)
    assert all(document.url in text for document in catalog.documents() if document.concerns(module))
    for generation in catalog.sensor(module.sensor).generations:
        assert all(f"{mode.nominal_fps:.4f}" in text for mode in generation.modes)


@pytest.mark.parametrize("module", catalog.modules(), ids=lambda module: module.name)
def test_figures_stay_whole_on_a_narrow_terminal(module):
    text = printed(module.name, width=80)

    for generation in catalog.sensor(module.sensor).generations:
        assert all(f"{mode.nominal_fps:.4f}" in text and f"{mode.fps_reported:.2f}" in text for mode in generation.modes)
    assert max(len(line) for line in text.splitlines()) <= 80


def test_the_page_of_camera_module_3_says_how_near_450_mhz_comes_to_gps_l1():
    assert "14 x = 1575.00 MHz" in printed("cm3")
    assert "-0.42 MHz" in printed("cm3")


def test_the_json_form_carries_source_evidence_and_judgement_of_every_fact():
    hq = json.loads(json.dumps(show.as_json("hq"), allow_nan=False))

    assert hq["page"]["Maximum exposure times (seconds)"] == {
        "value": 670.74, "unit": "s", "source": "page", "evidence": "page", "judged": True, "text": "670.74",
    }  # fmt: skip
    line = hq["sensor"]["generations"][-1]["modes"][0]["facts"]["line_time_ns"]
    assert (line["evidence"], line["judged"]) == ("derived", False)
    assert len(json.loads(json.dumps(show.as_json(), allow_nan=False))["modules"]) == 11


def test_an_unknown_module_is_refused_in_both_forms():
    for form in (show.render, show.as_json):
        with pytest.raises(UserError, match='no camera module "Camera Module 9"'):
            form("Camera Module 9")


def test_facts_need_the_standard_library_only():
    asked = "import sys, hil.catalog as c; c.modules(); c.sensors(); print(sorted({'rich', 'numpy', 'pydantic'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
