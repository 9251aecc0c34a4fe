"""Rendering to a file through the whole chain: fetch, verify, decrypt, decode, join."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from player.engine.links import Links
from player.engine.services.desk import Entry, Table
from player.engine.services.render_rates import Rates, RatesInTurn
from player.errors import PlayerError, UsageError
from player.playback.grants import GrantBook, GrantedTrack
from player.playback.hearing import Hearing
from player.playback.lane import Lane
from player.playback.media import MediaDesk, OpenRendition
from player.playback.pieces import LoadedPiece
from player.playback.render import RenderSummary, WavRender
from player.playback.sound.plan import UNTOUCHED
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.playback import LADDER_KBPS, PIECE_SAMPLES, Codec

_ASK_AGAIN_S = 0.5
_PATIENCE_S = 300.0
"""How long the server may take to prepare one track without any progress."""


class RenderArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """render"""

    out: str
    uri: str = ""
    query: str = ""
    codec: Literal["aac", "vorbis"] = "aac"
    kbps: str = "auto"
    sound: bool = False
    """As it sounds now, with everything that is set; else every sample as decoded."""


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What a rendering works with: its own grants, the shared store."""

    grants: GrantBook
    desk: MediaDesk
    as_heard: Rates
    """Decides when no rate is named."""
    ceiling: Callable[[], int]
    """What the plan allows in kbps, 0 for no limit; known once something was granted."""


class RenderService:
    """One rendering at a time is enough; `tell` pushes `render` events."""

    def __init__(
        self,
        links: Links,
        kitchen: Callable[[Codec], Kitchen],
        title_of: Callable[[str], str],
        tell: Callable[[dict[str, Any]], None],
        hearing: Hearing,
    ) -> None:
        self._links = links
        self._kitchen = kitchen
        self._title_of = title_of
        self._tell = tell
        self._hearing = hearing

    def commands(self) -> Table:
        """By name."""
        return {"render": Entry(RenderArgs, self.render, ends_with_client=True)}

    async def render(self, args: RenderArgs) -> dict[str, Any]:
        """Write a track, an album or all of an artist to one WAV file."""
        plan = plan_of(args.kbps)
        link = args.uri or await self._links.best(args.query)
        track_ids, _ = await self._links.tracks(link)
        out = Path(args.out)
        if not out.is_absolute() or not await asyncio.to_thread(out.parent.is_dir):
            raise UsageError(f"there is no folder {out.parent}")
        kitchen = self._kitchen(args.codec)
        rates = RatesInTurn(plan) if plan else kitchen.as_heard
        try:
            heard = self._hearing if args.sound else None
            writing = WavRender(out, track_ids[0], UNTOUCHED if heard is None else heard.plan)
            lanes = [Lane(track_id, track_id, args.codec) for track_id in track_ids]
            try:
                summary = await self._write(_Work(writing, lanes, heard), kitchen, rates)
            finally:
                await asyncio.to_thread(writing.close)
        finally:
            await kitchen.grants.close()
        return {"out": args.out, "codec": args.codec, "kbps": args.kbps, **_json(summary)}

    async def _write(self, work: "_Work", kitchen: Kitchen, rates: Rates) -> RenderSummary:
        for place, wanted in enumerate(work.lanes, start=1):
            lane = await _ready(kitchen, wanted, rates)
            shape = work.shape(lane)
            title, total = self._title_of(lane.track_id), _pieces_of(lane)
            async for piece in _pieces(kitchen, lane, rates):
                await asyncio.to_thread(work.writing.submit, piece, shape)
                progress = {"done": piece.piece + 1, "total": total, "title": title}
                self._tell({**progress, "track": place, "tracks": len(work.lanes)})
        return await asyncio.to_thread(work.writing.finish)


class _Work(NamedTuple):
    """A file that is written, and of what."""

    writing: WavRender
    lanes: Sequence[Lane]
    hearing: Hearing | None

    def shape(self, lane: Lane) -> TrackShape:
        """How a track is to sound."""
        if self.hearing is None:
            return PLAIN
        return self.hearing.shape(lane, self.lanes, queued=False)


def plan_of(text: str) -> tuple[int, ...]:
    """Rates, one after the other at every piece border; none for `auto`. Raises UsageError."""
    if text == "auto":
        return ()
    try:
        rates = tuple(int(word) for word in text.split(","))
    except ValueError:
        rates = (0,)
    if not set(rates) <= set(LADDER_KBPS):
        remedy = f"auto, or of {', '.join(map(str, LADDER_KBPS))} some with commas between"
        raise UsageError(f"{text} is not a rate", remedy=remedy)
    return rates


async def _ready(kitchen: Kitchen, lane: Lane, rates: Rates) -> Lane:
    """The track, open in every rate that is wanted, once the server has prepared them."""
    track = await kitchen.grants.track(lane.track_id)
    wanted = rates.wanted(kitchen.ceiling())
    size, waited_s = -1, 0.0
    while not _prepared(track, lane.codec, wanted):
        if waited_s >= _PATIENCE_S:
            remedy = "segue-server doctor shows what is being prepared"
            raise PlayerError("the server does not finish preparing this track", remedy=remedy)
        await asyncio.sleep(_ASK_AGAIN_S)
        track = await kitchen.grants.renew(lane.track_id)
        now = sum(rendition.pieces for rendition in track.manifest.renditions)
        waited_s = 0.0 if now > size else waited_s + _ASK_AGAIN_S
        size = max(now, size)
    lane.grant(track)
    for rendition in lane.ladder():
        if rendition.kbps in wanted:
            lane.opened[rendition.id] = await kitchen.desk.open(track, rendition)
    return lane


def _prepared(track: GrantedTrack, codec: Codec, wanted: frozenset[int]) -> bool:
    of_codec = [r for r in track.manifest.renditions if r.codec == codec]
    return track.manifest.exact and wanted <= {r.kbps for r in of_codec if r.complete}


def _pieces_of(lane: Lane) -> int:
    assert lane.manifest is not None
    return -(-lane.manifest.duration_samples // PIECE_SAMPLES)


async def _pieces(kitchen: Kitchen, lane: Lane, rates: Rates) -> AsyncIterator[LoadedPiece]:
    """Every piece of a track at the rate that is chosen for it, the next one on its way."""

    def begin(number: int) -> asyncio.Task[LoadedPiece]:
        source = lane.sources(number)[rates.choose(lane, number)]
        return asyncio.create_task(_piece(kitchen, lane, source, number))

    count = _pieces_of(lane)
    ahead: asyncio.Task[LoadedPiece] | None = None
    try:
        for number in range(count):
            now = ahead or begin(number)
            ahead = begin(number + 1) if number + 1 < count else None
            piece = await now
            rates.arrived(lane.piece_s)
            yield piece
    finally:
        if ahead is not None:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)


async def _piece(kitchen: Kitchen, lane: Lane, source: OpenRendition, number: int) -> LoadedPiece:
    assert lane.manifest is not None
    flight = kitchen.desk.flight(source, number, follows=False)
    sealed = await kitchen.desk.bring(flight, _nothing, lambda: None)
    return await kitchen.desk.loaded(flight, lane.manifest, sealed)


async def _nothing() -> None:
    """No piece before this one is at hand."""


def _json(summary: RenderSummary) -> dict[str, int]:
    return {"frames": summary.frames, "rate": summary.rate, "tracks": summary.tracks}
