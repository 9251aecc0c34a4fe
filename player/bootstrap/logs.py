"""The engine's log: JSON lines in a file, without secrets."""

import logging
import re
from typing import Any, TextIO

import structlog

from player.engine.home import Home
from player.settings import LogSettings

_KEEP_BYTES = 5 << 20
_SECRET = re.compile(r"(?i)(bearer\s+|[?&]s=)[\w.~+/=-]+")
_HIDDEN = frozenset({"token", "access_token", "refresh_token", "authorization", "key", "secret"})


def open_log(home: Home, settings: LogSettings) -> TextIO:
    """Log to the profile's file from now on; the file, to be closed at the end."""
    home.log.parent.mkdir(parents=True, exist_ok=True)
    if home.log.exists() and home.log.stat().st_size > _KEEP_BYTES:
        home.log.replace(home.log.with_suffix(".log.1"))
    file = home.log.open("a", encoding="utf-8", buffering=1)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file),
        cache_logger_on_first_use=False,
    )
    return file


def without_secrets(_: Any, __: str, event: Any) -> Any:
    """Hide what must not stand in a file."""
    for name, value in event.items():
        if name.lower() in _HIDDEN:
            event[name] = "(hidden)"
        elif isinstance(value, str):
            event[name] = _SECRET.sub(r"\1(hidden)", value)
    return event
