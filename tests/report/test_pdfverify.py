"""What of a certificate can be shown to hold, and what is said of one that was tampered with."""

import dataclasses
import io

import pypdf
import pytest

from hil.errors import UserError
from hil.report import build, pdf, pdfverify
from hil.report.files import sealed
from hil.report.jsontext import document


@pytest.fixture
def record(story):
    return sealed(build(story.passing()))


def written(tmp_path, content):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(content)
    return path


def said(path):
    return [(one.status, one.says) for one in pdfverify.pages(path)]


def test_a_certificate_as_it_was_made_holds(tmp_path, record):
    path = written(tmp_path, pdf.certificate(record))
    assert pdfverify.contents(path).attached == document(record).encode()
    assert said(path) == [("ok", "they are what the attached record gives, byte for byte")]


def test_pages_of_another_record_are_found_and_named(tmp_path, record):
    other = {**record, "unit": "CM3-9999"}
    path = written(tmp_path, pdf.rendered(other, document(record).encode(), None))
    [(status, says)] = said(path)
    assert status == "broken"
    assert says.startswith("changed: page")


def test_a_byte_changed_outside_the_pages_is_found(tmp_path, record):
    made = pdf.certificate(record)
    [(status, says)] = said(written(tmp_path, made.replace(b"/Lang (en)", b"/Lang (de)", 1) if b"/Lang (en)" in made else made + b"\n"))
    assert status == "broken"
    assert "elsewhere in the file" in says


def test_pages_that_another_version_made_cannot_be_compared_and_it_says_so(tmp_path, record, monkeypatch):
    monkeypatch.setattr(pdf, "maker", lambda: "rpi-camera-hil 9.9, layout 000, typst 1")
    path = written(tmp_path, pdf.certificate(record))
    monkeypatch.undo()
    [(status, says)] = said(path)
    assert status == "open"
    assert "made by rpi-camera-hil 9.9, layout 000, typst 1, this is" in says


def test_a_changed_attachment_gives_other_pages(tmp_path, record):
    changed = document(record).replace('"CM3-0042"', '"CM3-0043"').encode()
    path = written(tmp_path, pdf.rendered(record, changed, None))
    assert pdfverify.contents(path).record["unit"] == "CM3-0043"
    assert [status for status, _ in said(path)] == ["broken"]


def attached_or_refusal(path):
    try:
        return pdfverify.contents(path).attached
    except UserError as refused:
        return str(refused)


def test_every_changed_byte_of_the_attachment_is_found(tmp_path, record):
    """In the packed stream: it cannot be unpacked, or is no record any more, or its bytes are others."""
    made = pdf.certificate(record)
    start = made.index(b"stream", made.index(b"/EmbeddedFile")) + 20
    found = [
        attached_or_refusal(written(tmp_path, made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :])) for at in range(start, start + 400, 40)
    ]
    assert document(record).encode() not in found
    assert all("record.json" in one for one in found if isinstance(one, str))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"not a pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF"])
def test_what_is_no_pdf_is_named(tmp_path, content):
    with pytest.raises(UserError, match=r"certificate\.pdf: not a PDF that can be read"):
        pdfverify.contents(written(tmp_path, content))


def test_a_pdf_without_a_record_is_named(tmp_path):
    writer, made = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(made)
    with pytest.raises(UserError, match=r"no record\.json is attached"):
        pdfverify.contents(written(tmp_path, made.getvalue()))


def test_a_record_of_which_no_pages_can_be_made_is_a_finding_and_no_crash(tmp_path, record):
    path = written(tmp_path, pdf.certificate(record))
    found = pdfverify.contents(path)
    [one] = pdfverify.pages(path, dataclasses.replace(found, record={"schema": "hil.run/1", "attachments": []}))
    assert one.status == "broken"
    assert "no pages can be made" in one.says
