"""The certificate: what stands on its pages, what is inside it, and that nothing of a record is taken for markup."""

import importlib.util
import io
import json
import sys

import pypdf
import pytest

from hil.errors import UserError
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import build, events, layout, pdf, pdfview, traveller
from hil.report.figures import figures
from hil.report.files import sealed, views
from hil.report.glyphs import DRAWN, drawn, on_paper
from hil.report.jsontext import document

STATION = {
    "id": "ST-03",
    "name": "Camera bench 3",
    "issuer": "Example Optics",
    "address": "1 High Street",
    "place": "Hall 2",
    "fixture": "F1",
}
STORIES = ["passing", "failing", "failing_with_a_cause", "broken", "interrupted"]


def pages(made):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def squeezed(text):
    return "".join(text.split())


def of(told, **changes):
    return {**sealed(build(told)), **changes}


@pytest.mark.parametrize("name", STORIES)
def test_page_one_says_verdict_unit_cause_who_when_and_where(story, name):
    record = of(getattr(story, name)(), operator="M. Curie", station=STATION)
    first = pages(pdf.certificate(record))[0]
    assert record["verdict"] == "PASS" or squeezed(record["headline"]) in squeezed(first)
    for text in (record["verdict"], record["unit"], "22 November 2026, 14:03 UTC", "M. Curie", "ST-03", "Hall 2", "quick/1"):
        assert text in first


def test_every_page_has_the_certificates_number_and_its_place(story):
    record = of(story.passing(), certificate={"number": "ST-03-000042", "refused": ""})
    told = pages(pdf.certificate(record))
    for number, text in enumerate(told, 1):
        assert "ST-03-000042" in text
        assert f"Page {number} of {len(told)}" in text


def test_without_a_number_it_is_a_report_and_says_why(story):
    first = pages(pdf.certificate(of(story.passing(), certificate={"number": None, "refused": "the clock was not set"})))[0]
    assert "Acceptance report" in first
    assert "No certificate is issued: the clock was not set" in first


def test_every_page_of_a_simulated_run_says_so_and_none_of_a_real_one(story):
    assert all("SIMULATED" in text for text in pages(pdf.certificate(of(story.passing(simulated=True)))))
    assert not any("SIMULATED" in text for text in pages(pdf.certificate(of(story.passing()))))


def test_it_is_a_pdf_a_3_with_the_record_inside_byte_for_byte(story):
    record = of(story.passing())
    made = pdf.certificate(record)
    assert b"<pdfaid:part>3</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert pypdf.PdfReader(io.BytesIO(made)).attachments["record.json"] == [document(record).encode()]


def test_the_same_record_gives_the_same_bytes(story):
    record = of(story.failing())
    assert pdf.certificate(record) == pdf.certificate(json.loads(document(record)))


@pytest.mark.parametrize(
    "serial",
    ['#panic("x")', "<script>alert(1)</script>", "../../x", "*b* _i_ $x$ @y `c` \\u{41}", "a -> b -- c ... 'q'", "9" * 128, "Ünïté-β-Ж"],
)
def test_a_serial_number_is_printed_letter_by_letter(story, serial):
    first = pages(pdf.certificate(of(story.passing(), unit=serial)))[0]
    assert squeezed(serial) in squeezed(first)


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        ("日本-1", "‹U+65E5›‹U+672C›-1"),
        ("\N{GRINNING FACE}", "‹U+1F600›"),
        ("שלום", "‹U+05E9›‹U+05DC›‹U+05D5›‹U+05DD›"),
        ("a\u0301", "a‹U+0301›"),
        ("a\u00a0b", "a‹U+00A0›b"),
        ("a\u200db", "a‹U+200D›b"),
    ],
)
def test_what_would_not_be_seen_is_printed_as_its_code_point(story, serial, shown):
    made = pdf.certificate(of(story.passing(), unit=serial))
    assert squeezed(shown) in squeezed(pages(made)[0])
    assert json.loads(pypdf.PdfReader(io.BytesIO(made)).attachments["record.json"][0])["unit"] == serial


def test_the_font_draws_every_letter_that_is_printed_as_itself():
    """The compiler refuses a PDF/A with a letter that its font lacks."""
    typst = pdf.require_typst()
    source = b'#set document(title: "x")\n#set text(font: "Inter", fallback: false)\n#sys.inputs.all #text(weight: 600, sys.inputs.all)'
    known = {"font_paths": pdf._fonts(typst), "ignore_system_fonts": True, "pdf_standards": [pdf.STANDARD]}
    assert typst.compile(source, sys_inputs={"all": "".join(sorted(DRAWN))}, **known)
    with pytest.raises(RuntimeError, match="could not be displayed"):
        typst.compile(source, sys_inputs={"all": "\u65e5"}, **known)


def test_texts_keep_their_letters_in_pieces_between_which_a_line_may_end():
    long = "x" * 50 + " and " + "y" * 30
    assert "".join(on_paper(long)["pieces"]) == long
    assert on_paper({"a": ["short", 1, None]}) == {"a": ["short", 1, None]}
    assert drawn("line\nbreak\u2007") == "line break "


@pytest.mark.parametrize(
    ("value", "lower", "upper", "margin"),
    [(5.0, 1.0, 6.0, "1.0"), (7.5, 1.0, 6.0, "-1.5"), (3.0, None, 4.0, "1.0"), (3.0, None, None, ""), (float("nan"), 1.0, 2.0, "")],
)
def test_the_margin_is_the_distance_to_the_nearer_limit_as_printed(value, lower, upper, margin):
    texts = figures(value, 0.5, lower, upper)
    assert pdfview.margin(texts).rstrip("0") == margin.rstrip("0")


def test_decimal_points_stand_below_each_other():
    rows = [{"value": "14.3535"}, {"value": "120.13"}, {"value": "7"}]
    pdfview.aligned(rows)
    assert [row["value_pad"] for row in rows] == [[0, 0], [2, 0], [4, 1]]


def test_a_coverage_factor_of_its_own_is_told_in_each_row(story):
    record = of(story.passing())
    assert pdf.view(record)["k"] == "2"
    record["measurements"][2]["k"] = 2.37
    told = pdf.view(record)
    assert told["k"] == ""
    assert "2.37" in {row.get("k") for group in told["table"] for part in group["parts"] for row in part["rows"]}


def test_a_budget_shows_each_contribution_and_its_share(story):
    record = of(story.passing())
    lines = [{"source": "host clock", "u": 3.0, "type": "B", "shape": "rectangular", "dof": None}]
    lines += [{"source": "scatter", "u": 4.0, "type": "A", "shape": "normal", "dof": 9}]
    record["measurements"][2] |= {"u": 5.0, "budget": lines}
    text = "\n".join(pages(pdf.certificate(record)))
    for word in ("host clock", "rectangular", "64 %", "36 %"):
        assert word in text


def test_waivers_equipment_and_what_was_not_measured_are_in_the_annexes(story):
    due = {"id": "EQ-7", "name": "Light meter", "serial": "L1", "calibrated": "2026-01-01", "due": "2027-01-01", "certificate": None}
    waiver = {"what": "EQ-7", "reason": "laboratory closed", "by": "M. Curie"}
    text = "\n".join(pages(pdf.certificate(of(story.interrupted(), equipment=[due], waivers=[waiver]))))
    for words in ("2027-01-01", "EQ-7: laboratory closed (M. Curie)", "exposure longest · cm3 · 2304x1296"):
        assert words in text


def test_hundreds_of_rows_repeat_the_tables_head_on_each_page(story):
    told = pages(pdf.certificate(of(story.many(90))))
    assert len([text for text in told if "Characteristic, subject" in text and "step" in text]) >= 2


def test_a_run_of_nothing_has_a_certificate_too():
    assert "INCOMPLETE" in pages(pdf.certificate(of([])))[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300, 1e-300])
def test_any_number_can_be_printed(story, value):
    made, limit = Measurement("odd", value, "V", u=0.1), Limit(0.0, 1.0, "V")
    record = of([*story.passing()[:-1], events.measurement(made, judge(made, limit), limit, test="test_x"), story.passing()[-1]])
    assert pages(pdf.certificate(record))


def test_without_typst_the_other_reports_come_and_one_line_says_what_to_install(story, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    record = of(story.passing())
    assert views(record, tmp_path) == ["report.html", "junit.xml", "table.csv"]
    (tmp_path / "record.json").write_text(document(record))
    assert "pip install 'rpi-camera-hil[factory]'" in layout.files(tmp_path)


def test_a_certificate_asked_for_without_typst_is_refused_in_words(story, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UserError, match="rpi-camera-hil"):
        pdf.certificate(of(story.passing()))


def test_a_wiring_picture_is_shown_and_attached_if_it_is_the_one_that_was_recorded(story, tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"><text x="5" y="20">XVS</text></svg>'
    (tmp_path / "wiring.svg").write_text(drawing)
    record = of([story.passing()[0], traveller.drawing(tmp_path), *story.passing()[1:]])
    shown = pypdf.PdfReader(io.BytesIO(pdf.certificate(record, tmp_path)))
    assert shown.attachments["wiring.svg"] == [drawing.encode()]
    (tmp_path / "wiring.svg").write_text(drawing.replace("XVS", "XHS"))
    assert "wiring.svg" not in pypdf.PdfReader(io.BytesIO(pdf.certificate(record, tmp_path))).attachments
