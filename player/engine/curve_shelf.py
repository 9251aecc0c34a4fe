"""Equaliser curves: those that come with Segue, and a folder of imported ones."""

import re
from pathlib import Path

from player.engine.profiles import write_atomically
from player.errors import NotFoundError, UsageError
from player.playback.sound.autoeq import read_curve, typed_curve, written_curve
from player.playback.sound.equaliser import PRESETS, Curve

TYPED = "custom"
"""The name of the curve whose bands were typed last."""
_NAME = re.compile(r"^[\w][\w .+()-]{0,59}$")
_RESERVED = frozenset({"off", *PRESETS})


class CurveShelf:
    """Files are `ParametricEQ.txt` as AutoEq writes them, named after the curve."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def curve(self, name: str) -> Curve:
        """A curve by name. Raises NotFoundError or CurveUnreadableError."""
        known = PRESETS.get(name)
        if known is not None:
            return known
        try:
            return read_curve(self._path(name).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, UsageError) as error:
            remedy = "segue eq list shows what there is; segue eq import FILE adds one"
            raise NotFoundError(f"there is no equaliser curve {name}", remedy=remedy) from error

    def keep(self, name: str, text: str) -> Curve:
        """Import a curve; blocks. Raises CurveUnreadableError, UsageError or OSError."""
        curve = read_curve(text)
        if name in _RESERVED:
            raise UsageError(f"{name} comes with Segue", remedy="import it by another name")
        write_atomically(self._path(name), text.encode())
        return curve

    def keep_typed(self, bands: str) -> str:
        """Keep bands as a person types them; the name they have now. Blocks.

        Raises CurveUnreadableError or OSError.
        """
        text = written_curve(typed_curve(bands))
        write_atomically(self._path(TYPED), text.encode())
        return TYPED

    def names(self) -> tuple[list[str], list[str]]:
        """What comes with Segue, and what was imported. Blocks."""
        found = sorted(path.stem for path in self._folder.glob("*.txt") if _NAME.match(path.stem))
        return sorted(PRESETS), found

    def _path(self, name: str) -> Path:
        if not _NAME.match(name) or name.endswith((" ", ".")):
            raise UsageError(f"{name!r} cannot be a name", remedy="letters, digits, spaces, -+()")
        return self._folder / f"{name}.txt"
