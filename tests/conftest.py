"""Fixtures that tests of several packages share."""

pytest_plugins = ["tests.engines_postgres"]
