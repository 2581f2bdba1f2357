"""What all tests of the harness share."""

# pytest imports tracemalloc when an unclosed file is collected. Where that happens inside an import, Python before 3.12 loses the
# bookkeeping of its import locks (gh-91351: KeyError in _ModuleLock.acquire), so it is imported before anything is collected.
import tracemalloc  # noqa: F401

pytest_plugins = ["pytester"]
