"""Allure's own report of a run's allure-results, made by the Allure 3 command line (Node), so that no request leaves the page.

Allure 3.18.0 writes a tag of Google Analytics into every page and offers no switch (allure3 issue 476): it is taken out of what was
written, and a page that still names a foreign script is refused. One file, so that it opens from a disk as from a server.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hil.errors import RigError, UserError
from hil.report.allure import RESULTS
from hil.report.headline import about

VERSION = "3.18.0"
FOLDER = "allure-report"
LONGEST_S = 600
_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL | re.IGNORECASE)
_TELLS = re.compile(r"googletagmanager|google-analytics|gtag\(", re.IGNORECASE)
_FOREIGN = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)
_PICTURE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='520' height='360'><text x='40' y='300' transform='rotate(-28 40 300)' fill='#5c4700' "
    "fill-opacity='.09' font-family='sans-serif' font-size='64' font-weight='700' letter-spacing='6'>SIMULATED</text></svg>"
)
_MARK = (
    'html::after { content: ""; position: fixed; inset: 0; z-index: 99999; pointer-events: none; print-color-adjust: exact; '
    f'background: url("data:image/svg+xml,{quote(_PICTURE)}"); }}'
)
_ASKED_NOT_TO = {"ALLURE_NO_ANALYTICS": "true", "DO_NOT_TRACK": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}


def render(run: Path, out: Path, record: Mapping[str, Any]) -> Path:
    """Write the report of the results in folder `run` to folder `out`, which must not be there or be such a report; the page's path."""
    results = run / RESULTS
    if not results.is_dir():
        raise UserError(f"{run}: --allure asked for", f"no {RESULTS}/ in it", "give the folder of a run that hil accept made")
    if out.exists() and not (out / "index.html").is_file() and any(out.iterdir() if out.is_dir() else [out]):
        raise UserError(f"--allure {out} asked for", "it is there and no Allure report", "another folder")
    with tempfile.TemporaryDirectory(prefix="hil-allure-") as scratch:
        work = Path(scratch)
        (work / "allurerc.mjs").write_text(_configuration(record), encoding="utf-8")
        _generate([*command(), "generate", str(results.resolve()), "--config", "allurerc.mjs", "-o", "out"], work)
        pages = sorted((work / "out").rglob("*.html"))
        for page in pages:
            made = without_analytics(page.read_text("utf-8"))
            page.write_text(_watermarked(made) if record["simulated"] else made, encoding="utf-8")
        if not (work / "out" / "index.html").exists():
            raise RigError("an Allure report asked for", "allure wrote no index.html", where="allure", cause="allure")
        if out.exists():
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(work / "out", out)
    return out / "index.html"


def command() -> list[str]:
    """The Allure command line: `allure` in PATH, else npx with the version that this was tested with."""
    if found := shutil.which("allure"):
        return [found]
    if found := shutil.which("npx"):
        return [found, "--yes", f"allure@{VERSION}"]
    raise UserError(
        "an Allure report asked for", "neither allure nor npx is in PATH", f"install Node, then: npm install -g allure@{VERSION}"
    )


def without_analytics(page: str) -> str:
    """The page without scripts that tell others about it; RigError if it would still load anything from elsewhere."""
    made = _SCRIPT.sub(lambda script: "" if _TELLS.search(script.group()) else script.group(), page)
    if _FOREIGN.search(made):
        raise RigError(
            "an Allure report that asks nobody asked for", "this version of allure loads something else from elsewhere", cause="allure"
        )
    return made


def _watermarked(page: str) -> str:
    """The page with SIMULATED across whatever its own program shows, on screen and on paper; it takes no click."""
    head, found, rest = page.partition("</head>")
    return f"{head}<style>{_MARK}</style>{found}{rest}" if found else f"<style>{_MARK}</style>{page}"


def _configuration(record: Mapping[str, Any]) -> str:
    """Everything that would follow the reader's machine is said: theme, language, grouping."""
    name = f"{record['verdict']} · {about(record)}" + (" · SIMULATED" if record["simulated"] else "")
    options = {"reportName": name, "theme": "light", "reportLanguage": "en", "groupBy": ["epic", "feature", "story"], "singleFile": True}
    return f"export default {json.dumps({'name': name, 'plugins': {'awesome': {'options': options}}}, indent=1)};\n"


def _generate(argv: list[str], work: Path) -> None:
    try:
        done = subprocess.run(
            argv,
            cwd=work,
            env={**os.environ, **_ASKED_NOT_TO},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise RigError("an Allure report asked for", f"no answer in {late.timeout:g} s", cause="allure") from late
    if done.returncode:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip() and "log of this run" not in line]
        raise RigError(
            "an Allure report asked for", said[-1] if said else f"status {done.returncode}", f"ran: {' '.join(argv[:3])} …", cause="allure"
        )
