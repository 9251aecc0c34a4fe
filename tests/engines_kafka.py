"""A real Kafka for tests: placeholder until its adapter is here."""

import pytest

KAFKA = pytest.param("kafka", marks=[pytest.mark.engines, pytest.mark.skip(reason="later")])


def open_kafka(broker, keys): ...
