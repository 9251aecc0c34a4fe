"""What the listener is told in one line when something is wrong, and when it is right again."""

from player.errors import PlayerError
from player.playback.playback_world import Listeners
from player.playback.ports import Catalogue, SoundEvent
from player.playback.recovery import Connection


class Announcer:
    """Finds the words; says each thing once."""

    def __init__(self, listeners: Listeners, catalogue: Catalogue) -> None:
        self._listeners = listeners
        self._catalogue = catalogue
        self._said = "online"

    def connection(self, connection: Connection, buffer_s: float) -> None:
        """The way to the server changed."""
        state, before = connection.state, self._said
        if state == before or state == "connecting":
            return
        self._said = state
        if state == "online":
            self._listeners.notice("info", "The server is back", "")
        elif state == "signed_out":
            text = "Signed out: sign in to go on streaming"
            self._listeners.notice("warn", text, "segue login URL")
        else:
            text = f"The server is away: {int(buffer_s)} s are buffered, trying again by itself"
            self._listeners.notice("warn", text, connection.detail)

    def unplayable(self, track_id: str, error: PlayerError, *, ends: bool) -> None:
        """A track cannot be played; `ends` if nothing else is tried."""
        track = self._catalogue.track(track_id)
        title = f"“{track.title}”" if track else "A track"
        what = "cannot be played" if ends else "is skipped"
        level = "error" if ends else "warn"
        self._listeners.notice(level, f"{title} {what}: {error.message}", error.remedy)

    def sound(self, event: SoundEvent) -> None:
        """A piece did not decode, or the audio device is gone."""
        if event.track_id:
            text = "A moment of this track could not be decoded"
            self._listeners.notice("warn", text, event.detail)
        else:
            self._listeners.notice("error", "The audio device is gone: paused", event.detail)
