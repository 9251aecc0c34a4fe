"""What the listener is told in one line when something is wrong, and when it is right again."""

from player.errors import (
    PlayerError,
    ServerBusyError,
    ServerFailedError,
    UntrustedServerError,
)
from player.playback.playback_world import Listeners
from player.playback.ports import Catalogue, SoundEvent
from player.playback.recovery import Connection
from player.playback.sound_care import DeviceNews

RETRY = "`segue retry` tries at once"


class Announcer:
    """Finds the words; says each thing once."""

    def __init__(self, listeners: Listeners, catalogue: Catalogue) -> None:
        self._listeners = listeners
        self._catalogue = catalogue
        self._said = ""

    def connection(self, connection: Connection, buffer_s: float) -> None:
        """The way to the server changed. What is over soon is not told."""
        error = connection.error
        if connection.state in ("online", "connecting") and self._said:
            back = connection.state == "online"
            text = "The server is back" if back else "Signed in: streaming goes on"
            self._said = ""
            self._listeners.notice("info", text, "")
        if error is None or connection.patience == "quiet":
            return
        what = _what(connection)
        key = f"{what} {connection.patience}"
        if key == self._said:
            return
        self._said = key
        if connection.state == "signed_out":
            self._listeners.notice("warn", f"{what}: sign in to go on streaming", error.remedy)
        elif connection.patience == "long":
            text = f"{what} for 10 min and {connection.attempts} attempts: one a minute from now on"
            self._listeners.notice("warn", text, f"{error.message}; {RETRY}")
        else:
            text = f"{what}: {int(buffer_s)} s are buffered, trying again by itself"
            self._listeners.notice("warn", text, f"{error.message}; {error.remedy}")

    def unplayable(
        self, track_id: str, error: PlayerError, *, ends: bool, shortened: bool = False
    ) -> None:
        """A track cannot be played (further); `ends` if nothing else is tried."""
        track = self._catalogue.track(track_id)
        title = f"“{track.title}”" if track else "A track"
        what = "cannot be played" if ends else "stops early" if shortened else "is skipped"
        level = "error" if ends else "warn"
        self._listeners.notice(level, f"{title} {what}: {error.message}", error.remedy)

    def piece_failed(self, event: SoundEvent) -> None:
        """A piece did not decode."""
        text = "A moment of this track could not be decoded"
        self._listeners.notice("warn", text, event.detail)

    def device(self, news: DeviceNews, place_ms: int) -> None:
        """The audio device went away or came back."""
        if news.change == "back":
            self._listeners.notice("info", "The audio device is back", "")
        elif news.change == "given_up":
            text = f"No audio device for 10 min: paused at {_clock(place_ms)} until you press play"
            self._listeners.notice("warn", text, news.reason)
        else:
            then = ", going on when it is back" if news.waits else ""
            text = f"The audio device is gone: paused at {_clock(place_ms)}{then}"
            remedy = f"connect it or another one; {RETRY}"
            self._listeners.notice("error", text, f"{news.reason}; {remedy}")

    def too_slow(self) -> None:
        """The link does not carry even the lowest quality, or is dark for too long."""
        text = "The link is too slow: playing goes on when enough is here"
        self._listeners.notice("warn", text, "choose a lower quality or another network")

    def woke(self, slept_s: float, place_ms: int) -> None:
        """The machine slept while music played."""
        text = f"Awake after {slept_s / 60:.0f} min: going on at {_clock(place_ms)}"
        self._listeners.notice("info", text, "")


def wrong_clock(ahead_s: float) -> tuple[str, str, str]:
    """The notice about a machine whose clock is not the server's: (level, text, remedy)."""
    side = "ahead" if ahead_s > 0 else "behind"
    text = f"This machine's clock is {abs(ahead_s) / 60:.0f} min {side}: the server's time is used"
    return "warn", text, "set the clock, or let the network set it"


def _what(connection: Connection) -> str:
    error = connection.error
    if connection.state == "signed_out":
        return "Signed out"
    if isinstance(error, UntrustedServerError):
        return "The server cannot prove who it is"
    if isinstance(error, ServerBusyError):
        return "The server asks to wait"
    if isinstance(error, ServerFailedError):
        return "The server has trouble"
    return "The server is away"


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"
