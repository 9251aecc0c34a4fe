"""An audio device that is gone: hold, look for it again, and go on when it is back.

Whether it is back is found out by playing: each attempt begins again at the place that was being
heard. Attempts become rare, and end after ten minutes, so that music does not start in an empty
room hours later.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

FIRST_TRY_S = 1.0
TRY_MOST_S = 30.0
GIVE_UP_S = 600.0

DeviceChange = Literal["lost", "back", "given_up"]


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """What happened to the audio device."""

    change: DeviceChange
    reason: str = ""
    waits: bool = False
    """Whether playing goes on by itself when the device is back."""


class Player(Protocol):
    """What is held and begun again."""

    @property
    def wanted(self) -> bool:
        """Whether the listener wants to hear something."""
        ...

    def pause(self) -> None:
        """Hold."""
        ...

    def probe(self) -> None:
        """Begin again at the place, without showing it."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...


class SoundCare:
    """`told` hears the news; the device is tried while somebody waits for it."""

    def __init__(self, player: Player, told: Callable[[DeviceNews], None]) -> None:
        self._player = player
        self._told = told
        self._timer: asyncio.TimerHandle | None = None
        self._pause_s = FIRST_TRY_S
        self._tried_s = 0.0
        self._reason = ""
        self.lost = False
        self.waiting = False
        """Whether playing goes on by itself when the device is back."""

    def failed(self, reason: str) -> None:
        """The device is gone, or still gone."""
        self._reason = reason
        first = not self.lost
        if first:
            self._pause_s, self._tried_s = FIRST_TRY_S, 0.0
        self.lost = True
        self.waiting = self.waiting or self._player.wanted
        self._player.pause()
        if first:
            self._told(DeviceNews("lost", reason, self.waiting))
        if self.waiting:
            self._again()

    def heard(self) -> None:
        """Something was heard: there is a device."""
        if not self.lost:
            return
        waiting = self.waiting
        self.leave()
        self.lost = False
        if waiting:
            self._player.resume()
        self._told(DeviceNews("back"))

    def leave(self) -> None:
        """The listener paused or stopped: nothing begins by itself any more."""
        self.waiting = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def wish(self) -> bool:
        """The listener wants to hear something; whether that is tried here and now."""
        if self.lost:
            self.waiting = True
            self._pause_s, self._tried_s = FIRST_TRY_S, 0.0
            self._try()
        return self.lost

    def _again(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._tried_s >= GIVE_UP_S:
            self.leave()
            self._told(DeviceNews("given_up", self._reason))
            return
        self._timer = asyncio.get_running_loop().call_later(self._pause_s, self._try)
        self._tried_s += self._pause_s
        self._pause_s = min(2 * self._pause_s, TRY_MOST_S)

    def _try(self) -> None:
        self._timer = None
        self._player.probe()
        # A device that stays silent says nothing: look again later all the same.
        self._again()
