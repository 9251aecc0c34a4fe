"""What people can do: report what they heard, and look back at it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from server_stub.kernel.clock import Clock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.types import Occasion
from server_stub.listening.errors import CursorError, TooManyReportsError
from server_stub.listening.events import (
    SEARCHED,
    TRACK_DOWNLOADED,
    TRACK_PLAYED,
    TRACK_SKIPPED,
    TRACK_SOUGHT,
    Searched,
    TrackDownloaded,
    TrackPlayed,
    TrackSkipped,
    TrackSought,
)
from server_stub.listening.ports import History, Journal, Place
from sync.wire import events as wire
from sync.wire.ids import is_id
from sync.wire.intents import Intent, Verdicts

EARLIEST_MS = 946_684_800_000
"""1 January 2000: a device whose clock says less does not know the time."""
AHEAD_MS = 300_000
"""So much a device's clock may be ahead of the server's."""
LONGEST_MS = 7 * 86_400_000
TEXT_MAX = 200
PAGE_MAX = 200


class ListeningService:
    """Reports in, history out."""

    def __init__(self, journal: Journal, history: History, clock: Clock) -> None:
        self._journal = journal
        self._history = history
        self._clock = clock

    async def report(self, user_id: str, session_id: str, batch: wire.ReportBatch) -> wire.Receipt:
        """Keep what a listener did. Raises TooManyReportsError.

        A report sent again is accepted again and counts once. One that happened in the future is
        taken as happening now.
        """
        if len(batch.reports) > wire.BATCH_LIMIT:
            raise TooManyReportsError(
                f"{len(batch.reports)} reports at once", remedy=f"Send {wire.BATCH_LIMIT} at most."
            )
        refused, events = [], []
        for report in batch.reports:
            reason = _wrong(report)
            if reason:
                refused.append(wire.Refusal(report.id[:64], reason))
            else:
                events.append(self._event(user_id, session_id, report))
        if events:
            await self._journal.append(events)
        return wire.Receipt(accepted=tuple(event.id for event in events), refused=tuple(refused))

    async def reported(self, user_id: str, intents: Sequence[Intent]) -> Verdicts:
        """Keep what intents of the kinds in `REPORT_KINDS` tell, each with the fields of the report
        of that name as its body."""
        refused: dict[str, str] = {}
        reports: list[wire.Report] = []
        for intent in intents:
            told = {**intent.body, "kind": intent.kind, "id": intent.id, "at": intent.at_ms}
            try:
                reports.append(msgspec.convert(told, wire.Report))
            except msgspec.ValidationError as error:
                refused[intent.id] = str(error)
        applied: set[str] = set()
        for start in range(0, len(reports), wire.BATCH_LIMIT):
            batch = wire.ReportBatch(reports=tuple(reports[start : start + wire.BATCH_LIMIT]))
            receipt = await self.report(user_id, "", batch)
            applied.update(receipt.accepted)
            refused.update({one.id: one.reason for one in receipt.refused})
        return Verdicts(applied=frozenset(applied), refused=refused)

    async def history(self, user_id: str, limit: int, cursor: str | None) -> wire.ListenPage:
        """A page of listens, newest first. Raises CursorError."""
        limit = max(1, min(limit, PAGE_MAX))
        found = await self._history.history(user_id, limit + 1, _place(cursor))
        items = tuple(found[:limit])
        last = f"{items[-1].at}.{items[-1].id}" if len(found) > limit else None
        return wire.ListenPage(items=items, next=last)

    async def plays(self, user_id: str, limit: int) -> wire.PlayCounts:
        """What a user plays most."""
        found = await self._history.plays(user_id, max(1, min(limit, PAGE_MAX)))
        return wire.PlayCounts(items=tuple(found))

    def _event(self, user_id: str, session_id: str, report: wire.Report) -> Event:
        now_ms = round(self._clock.now() * 1000)
        at = report.at if report.at <= now_ms + AHEAD_MS else now_ms
        return _told(Occasion(user_id, at, report.id), session_id, report)


def _told(occasion: Occasion, session_id: str, report: wire.Report) -> Event:
    """The event that a report is."""
    if isinstance(report, wire.Played):
        return TRACK_PLAYED.event(occasion, _same(TrackPlayed, report, session_id))
    if isinstance(report, wire.Skipped):
        return TRACK_SKIPPED.event(occasion, _same(TrackSkipped, report, session_id))
    if isinstance(report, wire.Sought):
        return TRACK_SOUGHT.event(occasion, _same(TrackSought, report, session_id))
    if isinstance(report, wire.Downloaded):
        return TRACK_DOWNLOADED.event(occasion, _same(TrackDownloaded, report, session_id))
    return SEARCHED.event(occasion, _same(Searched, report, session_id))


def _same(kind: Any, report: Any, session_id: str) -> Any:
    """A payload with the fields that report and event share."""
    shared = (name for name in kind.__struct_fields__ if name != "session_id")
    return kind(session_id=session_id, **{name: getattr(report, name) for name in shared})


def _wrong(report: wire.Report) -> str:
    """Why a report cannot be taken; empty if it can."""
    if not is_id(report.id):
        return "the id is none"
    if report.at < EARLIEST_MS:
        return "the time is not known"
    if isinstance(report, wire.Searched):
        return "" if len(report.text) <= TEXT_MAX >= len(report.chosen) else "the text is too long"
    if not is_id(report.track_id):
        return "the track's id is none"
    lengths = (
        value
        for name in report.__struct_fields__
        if name.endswith("_ms") and isinstance(value := getattr(report, name), int)
    )
    return "" if all(0 <= value <= LONGEST_MS for value in lengths) else "a length cannot be"


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    at, _, identifier = cursor.partition(".")
    if not at.isascii() or not at.isdigit() or len(at) > 15 or not is_id(identifier):
        raise CursorError("this cursor is not one of ours", remedy="Begin with the first page.")
    return Place(int(at), identifier)
