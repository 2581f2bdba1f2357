"""Allure's own report: how it is made, and what is taken out of it. tests/browser/check_allure.py looks at a real one in Chromium."""

import json
import os
import stat

import pytest

from hil.errors import RigError, UserError
from hil.report import allurepage, build

PAGE = """<html><head><script>window.allureReportOptions = {"a": "https://example.org"}</script></head><body>
<script src="app.js"></script>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-LNDJ3J7WT0"></script>
<script>
  window.dataLayer = window.dataLayer || [];
  function gtag(){dataLayer.push(arguments);}
  gtag('js', new Date());
</script></body></html>"""


@pytest.fixture
def finished(tmp_path):
    (tmp_path / "run" / "allure-results").mkdir(parents=True)
    return tmp_path / "run"


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """A stand-in for `allure` in PATH that writes a page, or what `says` tells it."""

    def make(script):
        (tmp_path / "bin").mkdir()
        path = tmp_path / "bin" / "allure"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    return make


def test_scripts_that_tell_others_are_taken_out_and_the_page_stays():
    made = allurepage.without_analytics(PAGE)
    assert "googletagmanager" not in made
    assert "gtag" not in made
    assert '<script src="app.js"></script>' in made
    assert "allureReportOptions" in made


@pytest.mark.parametrize(
    "tag", ['<script src="//x.org/a.js"></script>', '<img src="http://x.org/a.png">', "<link rel=x href=https://x.org/a.css>"]
)
def test_a_page_that_would_load_anything_else_from_elsewhere_is_refused(tag):
    with pytest.raises(RigError, match="loads something else"):
        allurepage.without_analytics(f"<html>{tag}</html>")


def test_the_configuration_says_all_that_would_follow_the_readers_machine(story, finished, cli, tmp_path):
    cli(f'cp allurerc.mjs {tmp_path}/seen.mjs; mkdir out; printf "<html><head></head></html>" > out/index.html')
    page = allurepage.render(finished, tmp_path / "out", build(story.passing(simulated=True)))
    told = json.loads((tmp_path / "seen.mjs").read_text().removeprefix("export default ").rstrip(";\n"))
    assert told["name"] == "PASS · CM3-0042 · SIMULATED"
    assert "SIMULATED" in page.read_text().partition("</head>")[0]
    assert (told["plugins"]["awesome"]["options"]["theme"], told["plugins"]["awesome"]["options"]["reportLanguage"]) == ("light", "en")


def test_the_report_of_a_real_run_is_not_marked(story, finished, cli, tmp_path):
    cli('mkdir out; printf "<html><head></head></html>" > out/index.html')
    assert allurepage.render(finished, tmp_path / "out", build(story.passing())).read_text() == "<html><head></head></html>"


def test_an_older_report_is_replaced_and_anything_else_is_not(story, finished, cli, tmp_path):
    cli('mkdir out; printf "new" > out/index.html')
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "index.html").write_text("old")
    assert allurepage.render(finished, tmp_path / "old", build(story.passing())).read_text() == "new"
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").touch()
    with pytest.raises(UserError, match="no Allure report"):
        allurepage.render(finished, tmp_path / "precious", build(story.passing()))


def test_what_allure_says_when_it_fails_is_told(story, finished, cli, tmp_path):
    cli("echo 'cannot read results' >&2; exit 1")
    with pytest.raises(RigError, match="cannot read results"):
        allurepage.render(finished, tmp_path / "out", build(story.passing()))


def test_without_node_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match=r"npm install -g allure@3\.18\.0"):
        allurepage.command()


def test_a_run_without_allure_results_is_named(story, tmp_path):
    with pytest.raises(UserError, match="no allure-results/ in it"):
        allurepage.render(tmp_path, tmp_path / "out", build(story.passing()))
