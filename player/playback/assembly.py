"""Puts the parts of the streaming half together: link, desk, transport."""

from player.playback.bandwidth import LinkMeter
from player.playback.download import Downloader
from player.playback.ear import Ear
from player.playback.grants import GrantBook
from player.playback.hearing import Hearing
from player.playback.lane_setup import LoadingWorld
from player.playback.media import MediaDesk
from player.playback.playback_world import PlaybackWorld
from player.playback.recovery import Recovery
from player.playback.transport import Transport, TransportEvents


def built_transport(
    world: PlaybackWorld, grants: GrantBook, recovery: Recovery, events: TransportEvents
) -> Transport:
    """What happens between queue and ear, ready to run."""
    meter = LinkMeter(world.policies.bandwidth)
    downloader = Downloader(world.server, grants, recovery, meter=meter, clock=world.clock)
    desk = MediaDesk(downloader, grants, world.store, world.papers)
    loading = LoadingWorld(desk, grants, recovery, world.policies, world.clock, world.trace)
    hearing = Hearing(world.sound, world.catalogue, world.stock)
    ear = Ear(world.sound.position, world.clock, world.listeners.played)
    return Transport(loading, world.sound, events, hearing, ear)
