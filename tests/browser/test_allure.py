"""Allure's own report, made by its real command line and opened in Chromium: it shows the run, and no request leaves the page."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from hil.report import allurepage, load

BEFORE = '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a finished run."""
    reports = tmp_path_factory.mktemp("reports")
    argv = [
        sys.executable,
        "-m",
        "hil",
        "accept",
        "camera-module-3",
        "--sim",
        "--unit",
        "CM3-0042",
        "--plan",
        "quick",
        "--reports",
        str(reports),
    ]
    subprocess.run(argv, check=True, capture_output=True, timeout=300)
    [folder] = reports.glob("CM3-0042/*")
    return folder


@pytest.fixture(scope="module")
def page(run, tmp_path_factory):
    """Its Allure report."""
    return allurepage.render(run, tmp_path_factory.mktemp("allure") / "report", load(run)[0])


def opened(page, tmp_path):
    """What the page holds once its scripts have run, and the addresses that Chromium asked the network for on its behalf."""
    chromium, log = shutil.which("chromium"), tmp_path / "net.json"
    assert chromium, "HIL_REQUIRE_BROWSER is set, and this machine has no chromium: sudo apt install chromium"
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--no-default-browser-check",
    ]
    argv = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path / 'profile'}",
        *quiet,
    ]
    # No name is resolved: what is asked for is logged all the same, and nothing of this test ever leaves the machine.
    argv += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}", "--virtual-time-budget=30000", "--dump-dom", page.as_uri()]
    env = {**os.environ, "HOME": str(tmp_path)}
    dom = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=180, env=env).stdout
    events = json.loads(log.read_text())["events"]
    # Chromium looks for updates of its own; those requests have no page behind them.
    asked = [
        event["params"] for event in events if "url" in event.get("params", {}) and event["params"].get("initiator") != "not an origin"
    ]
    return dom, {one["url"] for one in asked if "initiator" in one and one["url"].startswith(("http:", "https:", "ws:", "wss:"))}


def test_it_shows_the_run_and_no_request_leaves_it(page, tmp_path):
    dom, asked = opened(page, tmp_path)
    assert "CM3-0042" in dom
    assert "camera-module-3" in dom
    assert asked == set()


def test_a_tag_of_google_analytics_would_have_been_seen(page, tmp_path):
    tagged = tmp_path / "tagged.html"
    tagged.write_text(page.read_text().replace("</body>", f"{BEFORE}</body>"))
    _, asked = opened(tagged, tmp_path)
    assert any("googletagmanager.com" in url for url in asked)
