"""What goes wrong beside the tracks: audio device, sleep of the machine, a link that is too slow.

Each is told in one line, and what can be begun again is.
"""

from player.playback.announce import Announcer
from player.playback.playback_world import PlaybackWorld
from player.playback.ports import SoundEvent
from player.playback.recovery import Recovery
from player.playback.sound_care import DeviceNews, SoundCare
from player.playback.transport import Transport
from player.playback.wakefulness import Wakefulness


class Troubles:
    """`watch` notices sleep until it is cancelled; the rest is told by the transport."""

    def __init__(
        self,
        world: PlaybackWorld,
        transport: Transport,
        recovery: Recovery,
        announcer: Announcer,
    ) -> None:
        self._world = world
        self._transport = transport
        self._recovery = recovery
        self._announcer = announcer
        self.device = SoundCare(transport, self._device_told)

    async def watch(self) -> None:
        """Look for gaps in time."""
        await Wakefulness(self._world.clock, self._woke).run()

    def sound_failed(self, event: SoundEvent) -> None:
        """A piece did not decode, or the device is gone."""
        if event.track_id:
            self._announcer.piece_failed(event)
        else:
            self.device.failed(event.detail)

    def ran_dry(self) -> None:
        """Nothing is left to be heard; a server that is away is told elsewhere."""
        if self._recovery.connection.state == "online":
            self._announcer.too_slow()

    def retry(self) -> None:
        """Do not wait any longer: the server and the audio device are tried now."""
        self._recovery.hurry()
        if self.device.waiting:
            self.device.wish()

    def _device_told(self, news: DeviceNews) -> None:
        self._announcer.device(news, self._transport.position_ms())
        self._world.listeners.state()

    def _woke(self, slept_s: float) -> None:
        """Nothing of before the sleep is trusted: not the connections, not the audio device."""
        self._world.server.hang_up()
        self._recovery.hurry()
        if self._transport.wanted:
            self._transport.probe()
            self._announcer.woke(slept_s, self._transport.position_ms())
