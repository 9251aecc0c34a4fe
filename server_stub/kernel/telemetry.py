"""Structured logs: JSON lines for machines, plain lines for a terminal, never a secret."""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

_SECRET_NAMES = ("token", "password", "secret", "authorization", "cookie", "device_code", "key")
_SECRET_TEXT = re.compile(r"(?i)\b(bearer\s+|[?&](?:s|access_token|token)=)[^\s&\"']+")
_HIDDEN = "[hidden]"

_traceback = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Where an error came from, without the values that were at hand: they may be secret."""

Event = MutableMapping[str, Any]


def hide_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Keep tokens, passwords and signatures out of the log, by field name and by shape."""
    for name, value in event.items():
        if any(secret in name.lower() for secret in _SECRET_NAMES):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _SECRET_TEXT.sub(rf"\1{_HIDDEN}", value)
    return event


def configure_logging(level: str = "info", *, stream: TextIO = sys.stderr) -> None:
    """Send the program's logs, and those of libraries, to one stream.

    Lines are for people when the stream is a terminal, else JSON.
    """
    human = stream.isatty()
    shared: list[Callable[..., Any]] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not human:
        shared.append(_traceback)
    shared.append(hide_secrets)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Callable[..., Any] = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "uvicorn", "watchfiles"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It calls what it does again by itself an error; what stays broken, consumers tell.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
