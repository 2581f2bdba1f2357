"""The first line of a journal: software by version, the checkout it runs from."""

import subprocess

from hil.drivers import software
from hil.drivers.host import LocalHost
from hil.plugin.software import merged
from hil.report.opening import checkout, versions


def git(folder, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_a_checkout_is_named_by_its_commit_and_by_what_was_changed_since(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("1")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-qm", "a")
    (tmp_path / "untracked").touch()
    assert checkout(tmp_path) == {"harness_commit": git(tmp_path, "rev-parse", "HEAD"), "harness_dirty": "no"}
    (tmp_path / "a.py").write_text("2")
    assert checkout(tmp_path)["harness_dirty"] == "yes"


def test_an_installed_package_and_a_broken_checkout_name_no_commit(tmp_path):
    assert checkout(tmp_path) == {}
    (tmp_path / ".git").write_text("gitdir: nowhere")
    assert checkout(tmp_path) == {}


def test_what_takes_part_is_named_even_if_it_is_not_installed():
    assert {"hil", "python", "picamera2", "numpy", "pytest"} <= set(versions())


def test_hosts_that_are_alike_are_named_once_and_others_one_by_one():
    a, b = {"kernel": "6.12", "libcamera": "v0.7.1"}, {"kernel": "6.6", "libcamera": "v0.7.1"}
    assert merged({"pi-a": a, "pi-b": b}) == {"kernel (pi-a)": "6.12", "kernel (pi-b)": "6.6", "libcamera": "v0.7.1"}
    assert merged({}) == {}


def test_a_host_tells_what_captures_there_and_leaves_out_what_it_has_not(tmp_path):
    host = LocalHost("pi5", tmp_path)
    assert "kernel" not in software.versions(host)
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/osrelease").write_text("6.12.75+rpt-rpi-2712\n")
    (tmp_path / "usr/lib/python3/dist-packages/picamera2-0.3.38.dist-info").mkdir(parents=True)
    assert {"kernel": "6.12.75+rpt-rpi-2712", "picamera2": "0.3.38"}.items() <= software.versions(host).items()
