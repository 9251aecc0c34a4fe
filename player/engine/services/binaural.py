"""Making a file with many channels fit for earphones."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from player.engine.services.desk import Entry, Table
from player.errors import UsageError
from player.playback.binaural import render_binaural
from player.playback.sound.head import Head
from player.playback.sound.spatial import Layout


class BinauralArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """binaural"""

    file: str
    out: str
    layout: Layout | None = None
    head: str = "auto"


class BinauralService:
    """Works beside the music, in a thread of its own."""

    def __init__(self, head: Callable[[str], Head]) -> None:
        self._head = head

    def commands(self) -> Table:
        """By name."""
        return {"binaural": Entry(BinauralArgs, self.render)}

    async def render(self, args: BinauralArgs) -> dict[str, Any]:
        """Write a file for two ears."""
        source, out = Path(args.file), Path(args.out)
        if not out.is_absolute() or not await asyncio.to_thread(out.parent.is_dir):
            raise UsageError(f"there is no folder {out.parent}")
        head = await asyncio.to_thread(self._head, args.head)
        summary = await asyncio.to_thread(render_binaural, source, out, head, args.layout)
        return {"out": args.out, "frames": summary.frames, "rate": summary.rate, "head": head.name}
