"""The simulated world and its edges. It imports no driver, check or report, and nothing here is chosen silently: only `--sim` does."""
