"""How good and how dear streaming may be: what the person chose and what the plan allows.

The choice outlives the engine; a change in the settings file counts more than an older choice.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from player.engine.profiles import write_atomically
from player.playback.quality import Limits

Choice = Literal["auto", "96", "160", "320", "saver"]
METERED_KBPS = 160
"""On a connection that is paid by volume nothing above this is chosen by itself."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can choose."""

    quality: Choice = "auto"
    """A rung of the ladder, `auto` to follow the link, `saver` for the least data."""
    metered: bool = False
    """Whether the connection is paid by volume: less quality, and little loaded ahead."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The wish, and what the settings said when it was made."""

    wish: Wish
    settings: Wish


class QualityDesk:
    """Knows wish and plan; tells `apply` the limits and whether to load little ahead."""

    def __init__(self, path: Path, settings: Wish, apply: Callable[[Limits, bool], None]) -> None:
        self._path = path
        self._settings = settings
        self._apply = apply
        self._plan_kbps = 0
        self._plan_issued_at = 0
        self.wish = _recalled(path, settings)
        self._tell()

    def choose(self, wish: Wish) -> None:
        """From now on."""
        self.wish = wish
        self._tell()

    def save(self) -> None:
        """Remember the wish for the next start. Blocks; raises OSError."""
        kept = _Kept(wish=self.wish, settings=self._settings)
        write_atomically(self._path, msgspec.json.encode(kept))

    def licensed(self, max_kbps: int, issued_at: int) -> None:
        """A licence was admitted: the newest one tells what the plan allows."""
        if issued_at >= self._plan_issued_at and max_kbps != self._plan_kbps:
            self._plan_kbps = max_kbps
            self._tell()
        self._plan_issued_at = max(self._plan_issued_at, issued_at)

    def forget_plan(self) -> None:
        """Another account from now on."""
        self._plan_kbps = self._plan_issued_at = 0
        self._tell()

    @property
    def plan_kbps(self) -> int:
        """What the plan allows, 0 as long as nobody said."""
        return self._plan_kbps

    def limits(self) -> Limits:
        """What may be chosen."""
        quality = self.wish.quality
        fixed = int(quality) if quality.isdigit() else 0
        if fixed and self._plan_kbps:
            fixed = min(fixed, self._plan_kbps)
        ceilings = [self._plan_kbps, METERED_KBPS if self.wish.metered else 0]
        return Limits(
            fixed_kbps=fixed,
            max_kbps=min((kbps for kbps in ceilings if kbps), default=0),
            data_saver=quality == "saver",
        )

    def shown(self) -> dict[str, Any]:
        """The part of the state that is about limits; 0 kbps: the plan is not known or has none."""
        return {**msgspec.to_builtins(self.wish), "plan_kbps": self._plan_kbps}

    def _tell(self) -> None:
        self._apply(self.limits(), self.wish.metered)


def _recalled(path: Path, settings: Wish) -> Wish:
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        if kept.settings == settings:
            return kept.wish
    return settings
