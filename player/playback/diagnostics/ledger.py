"""What was downloaded and never heard.

A piece counts as heard when the listener's place passed any of it, as waste when its track is left
behind unheard. What was received of a request that was given up is waste until the same piece
goes on from there. Bytes are bytes of the link.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sync.wire.playback import PIECE_SAMPLES

Place = tuple[str, int]
"""Track and sample that are heard."""


class Ledger:
    """Holds entries only for tracks that are still wanted."""

    def __init__(self) -> None:
        self.received_bytes = 0
        self._lost_bytes = 0
        self._unheard: dict[str, dict[int, int]] = {}
        self._cut: dict[tuple[str, int, int], int] = {}
        self._place: Place | None = None

    @property
    def wasted_bytes(self) -> int:
        """Downloaded and not heard, nor waiting to be."""
        return self._lost_bytes + sum(self._cut.values())

    def note(self, line: Mapping[str, Any], place: Place, wanted: Collection[str]) -> None:
        """One event, and where the listener is; `wanted` are the tracks that are loaded."""
        event = line["event"]
        self._heard_up_to(place, ended=event == "track_end")
        if event in ("chunk_received", "chunk_abandoned"):
            self._arrived(line, whole=event == "chunk_received")
        elif event in ("seek", "skip", "track_end"):
            self._place = None
        elif event == "track_start":
            self.leave(wanted)

    def _arrived(self, line: Mapping[str, Any], *, whole: bool) -> None:
        track, piece, size = line["track"], line["piece"], line["bytes"]
        name = (track, piece, line["kbps"])
        begun = self._cut.pop(name, 0)
        came = size if whole else line.get("received", 0)
        self.received_bytes += max(0, came - begun)
        if not whole:
            self._cut[name] = came
            return
        pieces = self._unheard.setdefault(track, {})
        self._lost_bytes += pieces.get(piece, 0)  # the same piece in another quality
        pieces[piece] = size

    def _heard_up_to(self, place: Place, *, ended: bool) -> None:
        before, self._place = self._place, place
        if before is None or before[0] not in self._unheard:
            return
        pieces = self._unheard[before[0]]
        first, last = before[1] // PIECE_SAMPLES, place[1] // PIECE_SAMPLES
        if ended or place[0] != before[0]:
            last = max(pieces, default=first)
        for piece in [number for number in pieces if first <= number <= last]:
            del pieces[piece]

    def leave(self, wanted: Collection[str]) -> None:
        """Only these tracks are loaded still: what is here of others will not be heard."""
        for track in [track for track in self._unheard if track not in wanted]:
            self._lost_bytes += sum(self._unheard.pop(track).values())
        for name in [name for name in self._cut if name[0] not in wanted]:
            self._lost_bytes += self._cut.pop(name)
