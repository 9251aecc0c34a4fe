"""Logs: JSON for machines, and never a secret."""

import io
import json
import logging

import pytest
import structlog

from server_stub.kernel.telemetry import configure_logging


@pytest.fixture(autouse=True)
def restored_logging():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_json_lines_hide_secrets():
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    log = structlog.get_logger("test")
    log.info(
        "asked", path="/media/x.m4a?e=1&s=SIGNATURE", access_token="hush-1", note="Bearer hush-2"
    )
    logging.getLogger("library").warning("said Bearer hush-3")
    log.debug("too quiet")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["event"] == "asked"
    assert first["level"] == "info"
    assert second["logger"] == "library"
    for secret in ("SIGNATURE", "hush-1", "hush-2", "hush-3"):
        assert secret not in stream.getvalue()


def test_people_get_lines():
    stream = Terminal()
    configure_logging("info", stream=stream)
    structlog.get_logger("test").info("hello", password="P")
    assert "hello" in stream.getvalue()
    assert "P\x1b" not in stream.getvalue()


def test_tracebacks_show_no_local_values():
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    try:
        hidden = "hush-" + "local"
        raise RuntimeError(hidden[:0])
    except RuntimeError:
        structlog.get_logger("test").exception("failed")
    assert "hush-local" not in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
