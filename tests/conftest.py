"""Fixtures that tests of several packages share."""

from hypothesis import settings

pytest_plugins = ["tests.engines_postgres", "tests.engines_kafka"]

# An example's wall time says more about the machine than about the code.
settings.register_profile("segue", deadline=None)
settings.load_profile("segue")
