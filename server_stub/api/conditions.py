"""Conditional requests (RFC 9110 §13): validators, preconditions and their precedence. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from enum import Enum
from functools import lru_cache

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_DATE_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


@lru_cache(1024)
def _date_field(seconds: int) -> str:
    """An HTTP-date; the same files are asked for again and again."""
    return formatdate(seconds, usegmt=True)


class Verdict(Enum):
    """What the preconditions say."""

    PROCEED = "proceed"
    NOT_MODIFIED = "not modified"
    FAILED = "precondition failed"


@dataclass(frozen=True, slots=True)
class Validators:
    """What identifies the current representation.

    `etag` is written with its quotes (and with `W/` if weak). `last_modified` is Unix time; None
    when the representation has no useful date.
    """

    etag: str
    last_modified: float | None = None

    @property
    def last_modified_field(self) -> str | None:
        """The value of `Last-Modified`."""
        if self.last_modified is None:
            return None
        return _date_field(int(self.last_modified))


def quoted(tag: str) -> str:
    """An entity tag with its quotes, whether it came with or without them."""
    return tag if tag.endswith('"') else f'"{tag}"'


def parse_date(text: str) -> int | None:
    """Unix time of an HTTP-date in any of its three forms, or None if it is none of them."""
    for form in _DATE_FORMS:
        try:
            moment = datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(moment.timestamp())
    return None


def matches(field: str, etag: str, *, weak: bool) -> bool:
    """Whether a list of entity tags (or `*`) holds `etag`, by weak or strong comparison."""
    if field.strip() == "*":
        return True
    if not weak and etag.startswith("W/"):
        return False
    opaque = etag.removeprefix("W/").strip('"')
    position = 0
    while position < len(field):
        match = _TAG.match(field, position)
        if match is None:
            return False
        if match[2] == opaque and (weak or not match[1]):
            return True
        position = match.end()
    return False


def evaluate(fields: Mapping[str, str], current: Validators) -> Verdict:
    """Weigh the preconditions of a GET or HEAD in the order of §13.2.2 (`If-Range` apart).

    `fields` maps lower-case field names to values.
    """
    if (if_match := fields.get("if-match")) is not None:
        if not matches(if_match, current.etag, weak=False):
            return Verdict.FAILED
    elif _changed_since(fields.get("if-unmodified-since"), current) is True:
        return Verdict.FAILED
    if (if_none_match := fields.get("if-none-match")) is not None:
        if matches(if_none_match, current.etag, weak=True):
            return Verdict.NOT_MODIFIED
    elif _changed_since(fields.get("if-modified-since"), current) is False:
        return Verdict.NOT_MODIFIED
    return Verdict.PROCEED


def range_applies(if_range: str | None, current: Validators) -> bool:
    """Whether `Range` may be honoured: `If-Range` is absent or names exactly what is here now."""
    if if_range is None:
        return True
    if if_range.rstrip().endswith('"'):
        return if_range.strip() == current.etag and not current.etag.startswith("W/")
    date = parse_date(if_range)
    return (
        date is not None
        and current.last_modified is not None
        and date == int(current.last_modified)
    )


def _changed_since(field: str | None, current: Validators) -> bool | None:
    """Whether the representation is newer than the date, or None if that cannot be said."""
    if field is None or current.last_modified is None:
        return None
    date = parse_date(field)
    return None if date is None else int(current.last_modified) > date
