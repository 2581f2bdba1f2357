"""What all tests of the harness share."""

pytest_plugins = ["pytester"]
