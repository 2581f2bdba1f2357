"""A machine without the extra [factory]: what it cannot do is one message that says what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

ABSENT = ("alembic", "cryptography", "pypdf", "scipy", "sqlalchemy", "typst")
EXAMPLE = str(Path(__file__).parents[2] / "reports" / "example" / "pass")


def hil(*words, cwd):
    """`hil WORDS` in a process in which nothing of [factory] can be imported."""
    code = f"import sys; sys.modules.update(dict.fromkeys({ABSENT})); from hil.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *words], check=False, cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize(
    "words",
    [
        *("history units", "history show X", "history yield", "history capability", "history trend x", "history grr --from x.csv"),
        *("history import x.jsonl", "history export -o x.jsonl", "station init --id ST-01 --name n --station s"),
        *(f"report {EXAMPLE} --pdf x.pdf", f"report {EXAMPLE}/certificate.pdf --csv x.csv", f"verify {EXAMPLE}/certificate.pdf"),
    ],
)
def test_what_needs_the_factory_says_what_to_install(words, tmp_path):
    done = hil(*words.split(), cwd=tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert "Traceback" not in said
    assert "not installed" in said
    assert "pip install 'rpi-camera-hil[factory]'" in said


def test_what_does_not_need_it_is_done(tmp_path):
    record = f"{EXAMPLE}/record.json"
    assert (
        hil(
            "report", record, "--html", "a.html", "--csv", "a.csv", "--junit", "a.xml", "--wsjf", "w", "--openhtf", "o", cwd=tmp_path
        ).returncode
        == 0
    )
    assert "a.html" in {path.name for path in tmp_path.iterdir()}
    assert "hash        sha256" in hil("verify", record, cwd=tmp_path).stdout


def test_a_report_of_a_finished_run_waits_for_no_numpy(tmp_path):
    code = "import sys, hil.cli.report, hil.report.html; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout == "False\n"
