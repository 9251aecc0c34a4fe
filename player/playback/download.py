"""Byte ranges over a link that may fail: address, request, resume where it broke, try again."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from player.errors import BadAnswerError, GoneError, NotAllowedError, PlayerError
from player.playback.bandwidth import LinkMeter
from player.playback.errors import MediaDamagedError, StreamError, TrackUnavailableError
from player.playback.grants import GrantBook
from player.playback.ports import Clock, MediaServer
from player.playback.recovery import Recovery, retryable

REFUSALS = 3
"""So often addresses are asked for anew, or answers are misunderstood, before a track is given up.
A server that cannot be reached is another matter: that is tried for ever."""


@dataclass(frozen=True, slots=True)
class Want:
    """Bytes of a rendition's file or index; an `end` of None means up to the end."""

    track_id: str
    rendition_id: str
    part: Literal["data", "index"]
    start: int
    end: int | None


class Downloader:
    """Fetches what is wanted, however long it takes.

    Raises TrackUnavailableError or MediaDamagedError when waiting cannot help, and the errors of
    `GrantBook.renew` that are not about the connection.
    """

    def __init__(
        self,
        server: MediaServer,
        grants: GrantBook,
        recovery: Recovery,
        *,
        meter: LinkMeter,
        clock: Clock,
    ) -> None:
        self._server = server
        self._grants = grants
        self._recovery = recovery
        self._meter = meter
        self._clock = clock

    async def fetch(
        self, want: Want, received: bytearray, progress: Callable[[], None] | None = None
    ) -> None:
        """Append to `received` what of the wanted range is not in it yet."""
        refusals = 0
        while want.end is None or want.start + len(received) < want.end:
            try:
                await self._once(want, received, progress)
            except (GoneError, NotAllowedError, BadAnswerError) as error:
                if retryable(error):
                    await self._recovery.wait(error)
                    continue
                refusals += 1
                if refusals >= REFUSALS:
                    raise _given_up(error) from error
                self._grants.forget(want.track_id)
            except StreamError:
                raise
            except PlayerError as error:
                if not retryable(error):
                    raise
                await self._recovery.wait(error)
            else:
                return

    async def _once(
        self, want: Want, received: bytearray, progress: Callable[[], None] | None
    ) -> None:
        address = await self._grants.address(want.track_id, want.rendition_id)
        path = address.data if want.part == "data" else address.index
        if want.end is None:
            received.clear()  # a part of unknown length may have another content now
        number = self._meter.asked(self._clock.monotonic())
        try:
            answer = self._server.read(path, want.start + len(received), want.end)
            async with aclosing(answer):
                async for data in answer:
                    self._meter.received(number, len(data), self._clock.monotonic())
                    received += data
                    self._recovery.succeeded()
                    if progress is not None:
                        progress()
        finally:
            self._meter.ended(number, self._clock.monotonic())


def _given_up(error: PlayerError) -> StreamError:
    if isinstance(error, BadAnswerError):
        return MediaDamagedError(error.message)
    return TrackUnavailableError(error.message, remedy=error.remedy)
