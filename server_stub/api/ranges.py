"""Byte ranges (RFC 9110 §14): which parts of a representation a `Range` field selects. Pure."""

import re
from dataclasses import dataclass
from enum import Enum

MAX_SPECS = 100
"""A field with more range specs is ignored: nobody needs them but an attacker."""
MAX_PARTS = 16
"""More parts than this after joining what overlaps, and the whole is sent instead."""
_MAX_FIELD = 4096
_Ends = tuple[int | None, int | None]
_SPEC = re.compile(r"(\d{1,19})-(\d{0,19})|-(\d{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` up to, but without, `end`."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.end - self.start

    def content_range(self, total: int | None) -> str:
        """The value of `Content-Range`; an unknown total is written as `*`."""
        return f"bytes {self.start}-{self.end - 1}/{'*' if total is None else total}"


class Selection(Enum):
    """What a field selects when it does not select parts."""

    WHOLE = "whole"
    """No range, or one that must be ignored."""
    UNSATISFIABLE = "unsatisfiable"


def select(field: str | None, size: int) -> tuple[Span, ...] | Selection:
    """The parts of `size` bytes that a `Range` field asks for.

    Malformed fields and other units are ignored, unsatisfiable specs are dropped as long as one
    can be satisfied, parts that overlap or touch are joined, so that the parts together never
    hold more bytes than the whole.
    """
    if field is None or size == 0:
        return Selection.WHOLE
    specs = _specs(field)
    if specs is None:
        return Selection.WHOLE
    spans = [span for first, last in specs if (span := _resolve(first, last, size)) is not None]
    if not spans:
        return Selection.UNSATISFIABLE
    parts = _joined(spans)
    if len(parts) > MAX_PARTS:
        return Selection.WHOLE
    return parts


def _specs(field: str) -> list[_Ends] | None:
    """(first, last) of each spec, `first` None in a suffix; None if the field is malformed."""
    elements = _elements(field)
    specs = [_spec(element) for element in elements[: MAX_SPECS + 1]]
    known = [spec for spec in specs if spec is not None]
    return known if known and len(known) == len(specs) <= MAX_SPECS else None


def _elements(field: str) -> list[str]:
    """The specs as written; none if the field is too long or counts in another unit."""
    unit, equals, ranges = field.partition("=")
    if not equals or unit.lower() != "bytes" or len(ranges) > _MAX_FIELD:
        return []
    return [text for element in ranges.split(",") if (text := element.strip(" \t"))]


def _spec(element: str) -> _Ends | None:
    match = _SPEC.fullmatch(element)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return None, int(suffix)
    if last and int(last) < int(first):
        return None
    return int(first), int(last) if last else None


def _resolve(first: int | None, last: int | None, size: int) -> Span | None:
    """The bytes of one spec, or None if it cannot be satisfied."""
    if first is None:
        suffix = last or 0
        return Span(max(0, size - suffix), size) if suffix else None
    if first >= size:
        return None
    return Span(first, size if last is None else min(last + 1, size))


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Join what overlaps or touches; a joined part stands where its first member stood."""
    if len(spans) == 1:
        return (spans[0],)
    ordered = sorted(enumerate(spans), key=lambda item: (item[1].start, item[0]))
    joined: list[tuple[int, Span]] = []
    for place, span in ordered:
        if joined and span.start <= joined[-1][1].end:
            last_place, last = joined[-1]
            joined[-1] = (min(last_place, place), Span(last.start, max(last.end, span.end)))
        else:
            joined.append((place, span))
    return tuple(span for _, span in sorted(joined, key=lambda item: item[0]))
