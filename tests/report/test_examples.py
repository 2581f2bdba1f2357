"""reports/example: what is shown to strangers holds, and tells nothing of the machine that made it."""

import json
import re
from pathlib import Path

import pytest

from hil.cli.verify import run as verify
from hil.report import pdfverify

EXAMPLES = Path(__file__).parents[2] / "reports" / "example"
KEY = EXAMPLES / "station.pub"


def test_both_records_are_signed_and_chained(capsys):
    assert verify([EXAMPLES / name / "record.json" for name in ("pass", "fail")], [KEY], [], None, as_json=False) == 0
    assert capsys.readouterr().out.count("signed by station EX-01") == 2


@pytest.mark.parametrize(("name", "verdict", "number"), [("pass", "PASS", "EX-01-000001"), ("fail", "FAIL", "EX-01-000002")])
def test_the_certificate_holds_the_record_beside_it(name, verdict, number):
    found = pdfverify.contents(EXAMPLES / name / "certificate.pdf")
    assert found.attached == (EXAMPLES / name / "record.json").read_bytes()
    assert (found.record["verdict"], found.record["certificate"]["number"]) == (verdict, number)


@pytest.mark.parametrize("name", ["pass", "fail"])
def test_its_pages_were_not_changed(name):
    """As far as this version can tell: another layout than that of the day they were made is no fault."""
    assert {one.status for one in pdfverify.pages(EXAMPLES / name / "certificate.pdf")} <= {"ok", "open"}


@pytest.mark.parametrize("path", sorted(path for path in EXAMPLES.rglob("*") if path.suffix in (".json", ".html", ".csv", ".xml")), ids=str)
def test_no_path_and_no_name_of_a_machine_is_in_it(path):
    text = path.read_text("utf-8")
    assert not re.search(r"/(home|root|work|tmp|usr|var)/|hostname=\"(?!EX-01\")", text)
    if path.name == "record.json":
        assert set(json.loads(text)["station"]) == {"id", "name", "issuer", "address", "place", "fixture"}
