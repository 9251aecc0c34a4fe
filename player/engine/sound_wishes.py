"""What a person chose of the sound while it played, kept beside the settings file."""

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from player.engine.profiles import write_atomically
from player.errors import UsageError
from player.settings import SoundSettings


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """By field: what was chosen, and what the settings file said at that time."""

    chosen: dict[str, Any] = {}
    settings: dict[str, Any] = {}


class SoundWishes:
    """The settings in force. A change in the settings file counts more than an older choice."""

    def __init__(self, path: Path, settings: SoundSettings) -> None:
        self._path = path
        self._settings: dict[str, Any] = msgspec.to_builtins(settings)
        self._chosen = self._recalled()

    @property
    def settings(self) -> SoundSettings:
        """The file's, with what was chosen since."""
        return msgspec.convert(self._settings | self._chosen, SoundSettings)

    def with_(self, values: dict[str, Any]) -> SoundSettings:
        """The settings with some changed. Raises UsageError."""
        try:
            return msgspec.convert(self._settings | self._chosen | values, SoundSettings)
        except msgspec.ValidationError as error:
            raise UsageError(str(error)) from error

    def choose(self, values: dict[str, Any]) -> None:
        """Remember from now on."""
        self._chosen |= values

    def forget(self) -> None:
        """As the settings file says."""
        self._chosen = {}

    def save(self) -> None:
        """For the next start. Blocks; raises OSError."""
        settings = {name: self._settings[name] for name in self._chosen}
        kept = _Kept(chosen=self._chosen, settings=settings)
        write_atomically(self._path, msgspec.json.encode(kept))

    def _recalled(self) -> dict[str, Any]:
        kept = _Kept()
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        chosen = {
            name: value
            for name, value in kept.chosen.items()
            if name in self._settings and kept.settings.get(name) == self._settings[name]
        }
        try:
            msgspec.convert(self._settings | chosen, SoundSettings)
        except msgspec.ValidationError:
            return {}
        return chosen
