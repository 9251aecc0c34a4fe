"""Byte ranges over a link that may fail: address, request, resume where it broke, try again."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from player.errors import (
    BadAnswerError,
    GoneError,
    NotAllowedError,
    OfflineError,
    PlayerError,
)
from player.playback.bandwidth import LinkMeter
from player.playback.errors import MediaDamagedError, RenditionLostError, StreamError
from player.playback.grants import GrantBook
from player.playback.ports import Clock, MediaServer
from player.playback.recovery import Persistence, Recovery, retryable

REFUSALS = 3
"""So often addresses are asked for anew, or answers are misunderstood, before a rendition is given
up. A server that cannot be reached is another matter: that is tried until it can."""
LONELY_TRIES = 12
"""So often, over two minutes, if there is nothing else by which to tell a server that is ill from
a file that is."""
SILENCE_S = 3.0
"""No byte for so long: the connection may be dead, the same is asked for on a new one."""
SILENCE_MOST_S = 12.0


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

    Raises RenditionLostError or MediaDamagedError when waiting cannot help, and the errors of
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
        persistence = Persistence(self._recovery)

        def more() -> None:
            persistence.progressed()
            if progress is not None:
                progress()

        while want.end is None or want.start + len(received) < want.end:
            try:
                await self._once(want, received, more, persistence.tries)
            except StreamError:
                raise
            except PlayerError as error:
                if retryable(error):
                    await self._try_again(want, error, persistence)
                    continue
                refusals += 1
                if refusals >= REFUSALS or not _refused(error):
                    raise _given_up(error) from error
                self._grants.forget(want.track_id)
            else:
                return

    async def _try_again(self, want: Want, error: PlayerError, persistence: Persistence) -> None:
        """Wait. What fails again and again while the server is well is given up."""
        persistence.failed(error)
        if persistence.spent and await self._fails_alone(want, persistence):
            raise RenditionLostError(error.message) from error
        await self._recovery.wait(error, persistence.tries)

    async def _fails_alone(self, want: Want, persistence: Persistence) -> bool:
        """Whether the server gives other media; without any, whether it lasts and grants come."""
        other = self._grants.elsewhere(want.track_id)
        if other is None and persistence.tries < LONELY_TRIES:
            return False
        try:
            if other is None:
                await self._grants.renew(want.track_id)
            else:
                async with aclosing(self._server.read(other.data, 0, 1)) as answer:
                    await self._next(answer, SILENCE_S)
        except PlayerError:
            return False
        self._recovery.eased()
        return True

    async def _once(
        self, want: Want, received: bytearray, progress: Callable[[], None], tries: int
    ) -> None:
        await self._recovery.turn()
        address = await self._grants.address(want.track_id, want.rendition_id)
        path = address.data if want.part == "data" else address.index
        if want.end is None:
            received.clear()  # a part of unknown length may have another content now
        silence_s = min(SILENCE_S * 2**tries, SILENCE_MOST_S)
        number = self._meter.asked(self._clock.monotonic())
        try:
            answer = self._server.read(path, want.start + len(received), want.end)
            async with aclosing(answer):
                while data := await self._next(answer, silence_s):
                    self._meter.received(number, len(data), self._clock.monotonic())
                    received += data
                    self._recovery.succeeded()
                    progress()
        finally:
            self._meter.ended(number, self._clock.monotonic())

    async def _next(self, answer: AsyncGenerator[bytes, None], silence_s: float) -> bytes:
        """The bytes that come next, empty at the end. Raises OfflineError if nothing comes."""
        try:
            async with asyncio.timeout(silence_s):
                return await anext(answer, b"")
        except TimeoutError as error:
            self._server.hang_up()
            raise OfflineError(f"nothing came for {silence_s:.0f} s") from error


def _refused(error: PlayerError) -> bool:
    """Whether a new address may help."""
    return isinstance(error, GoneError | NotAllowedError | BadAnswerError)


def _given_up(error: PlayerError) -> PlayerError:
    if isinstance(error, BadAnswerError):
        return MediaDamagedError(error.message)
    if _refused(error):
        return RenditionLostError(error.message, remedy=error.remedy)
    return error
