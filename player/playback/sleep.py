"""The sleep timer: after a time or after some tracks it goes down slowly and holds."""

import asyncio
from typing import Any, Protocol

_STEP_S = 0.05
_LOOK_S = 1.0


class Bedside(Protocol):
    """What the timer looks at and acts on."""

    def now(self) -> float:
        """Seconds that never go back."""
        ...

    def left_s(self) -> float:
        """Until the current track has been heard; infinite while nobody knows."""
        ...

    def level(self, share: float) -> None:
        """Play at this share of the volume, 0 to 1."""
        ...

    def fall_asleep(self) -> None:
        """Hold."""
        ...

    def changed(self) -> None:
        """Something that a view shows is different."""
        ...


class SleepTimer:
    """At most one runs. `tracks` counts the current one: 1 is up to its end."""

    def __init__(self, bedside: Bedside) -> None:
        self._bedside = bedside
        self._until: float | None = None
        self._tracks = 0
        self._fade_s = 0.0
        self._task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------ commands

    def after_s(self, seconds: float, *, fade_s: float) -> None:
        """Hold when so much time has passed; needs a running loop."""
        self._begin(fade_s)
        self._until = self._bedside.now() + seconds

    def after_tracks(self, tracks: int, *, fade_s: float) -> None:
        """Hold at the end of the current track, or of one that follows; needs a running loop."""
        self._begin(fade_s)
        self._tracks = tracks

    def cancel(self) -> None:
        """Go on after all."""
        if self.active:
            self._end()

    def advanced(self) -> None:
        """The next track is heard."""
        if self._tracks > 1:
            self._tracks -= 1

    # ------------------------------------------------------------------ what holds

    @property
    def active(self) -> bool:
        """A timer runs."""
        return self._until is not None or self._tracks > 0

    @property
    def last_track(self) -> bool:
        """Nothing follows the current track."""
        return self._tracks == 1

    def drained(self) -> bool:
        """Everything was heard to its end: was that because of the timer?"""
        ended = self.last_track
        if ended:
            self._end()
        return ended

    def shown(self) -> dict[str, Any] | None:
        """As plain values, for views; None without a timer."""
        if not self.active:
            return None
        left = None if self._until is None else max(0.0, self._until - self._bedside.now())
        return {"left_s": None if left is None else round(left, 1), "tracks": self._tracks or None}

    # ------------------------------------------------------------------ inside

    def _begin(self, fade_s: float) -> None:
        self.cancel()
        self._fade_s = fade_s
        self._task = asyncio.get_running_loop().create_task(self._run())

    def _end(self) -> None:
        task, self._task = self._task, None
        self._until, self._tracks = None, 0
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        self._bedside.level(1.0)

    async def _run(self) -> None:
        faded = False
        while True:
            left_s = self._left_s()
            if self._until is not None and left_s <= 0:
                self._bedside.fall_asleep()
                self._end()
                self._bedside.changed()
                return
            share = min(1.0, left_s / self._fade_s) if self._fade_s else 1.0
            if share < 1.0 or faded:
                self._bedside.level(max(0.0, share))
            faded = share < 1.0
            pause_s = _STEP_S if faded else min(_LOOK_S, left_s - self._fade_s)
            await asyncio.sleep(max(_STEP_S, pause_s))

    def _left_s(self) -> float:
        if self._until is not None:
            return self._until - self._bedside.now()
        return self._bedside.left_s() if self.last_track else float("inf")
