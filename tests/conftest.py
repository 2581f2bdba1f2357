"""What all tests of the harness share."""

import os
import shutil

# pytest imports tracemalloc when an unclosed file is collected. Where that happens inside an import, Python before 3.12 loses the
# bookkeeping of its import locks (gh-91351: KeyError in _ModuleLock.acquire), so it is imported before anything is collected.
import tracemalloc  # noqa: F401
from pathlib import Path

pytest_plugins = ["pytester"]

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
LEFT_OUT = not os.environ.get("HIL_REQUIRE_SSHD") and (SSHD is None or (os.geteuid() == 0 and not Path("/run/sshd").is_dir()))
BROWSER = shutil.which("chromium") and (shutil.which("npx") or shutil.which("allure"))
NO_BROWSER = not os.environ.get("HIL_REQUIRE_BROWSER") and not BROWSER
collect_ignore = [*(["drivers/sshd"] if LEFT_OUT else []), *(["browser"] if NO_BROWSER else [])]


def pytest_terminal_summary(terminalreporter):
    if LEFT_OUT:
        terminalreporter.write_line(
            "left out: tests/drivers/sshd, as no sshd runs here (sudo apt install openssh-server; root: mkdir /run/sshd)"
        )
    if NO_BROWSER:
        terminalreporter.write_line("left out: tests/browser, as there is no chromium or no npx here (sudo apt install chromium npm)")
