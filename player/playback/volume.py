"""Volume and muting, as they are shown and kept; the sound path does the rest."""

from typing import Any

from player.playback.ports import Sound

LOUDEST = 100


class Volume:
    """In percent. What is set here is sent to the sound path at once."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self.percent = LOUDEST
        self.muted = False
        self._share = 1.0
        """What the sleep timer leaves of it."""

    def apply(self) -> None:
        """Send it to the sound path."""
        self._sound.set_volume(0 if self.muted else self.percent * self._share)

    def dim(self, share: float) -> None:
        """Play at a share of the volume, 0 to 1; what is shown and kept stays as it is."""
        if share != self._share:
            self._share = share
            self.apply()

    def set(self, percent: int) -> None:
        """0 to 100; ends muting."""
        self.percent, self.muted = max(0, min(LOUDEST, percent)), False
        self.apply()

    def mute(self) -> None:
        """Silence, or back to the volume before."""
        self.muted = not self.muted
        self.apply()

    def shown(self) -> dict[str, Any]:
        """As plain values."""
        return {"volume": self.percent, "muted": self.muted}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take plain values on. Raises KeyError, TypeError, ValueError."""
        percent, muted = int(saved["volume"]), bool(saved["muted"])
        self.set(percent)
        if muted:
            self.mute()
