"""What streaming is put together from: the rate of this network, the plan's limit, the wish."""

from player.bootstrap.servers import CurrentRights, CurrentServer
from player.bootstrap.streaming import open_quality, open_streaming, remember_link
from player.engine.home import Home
from player.engine.profiles import ServerBook, ServerProfile
from player.playback.bandwidth import Transfer
from player.settings import StreamingSettings
from tests.player.playback.stage import Stage
from tests.player.playback.virtual_time import run_virtual

URL = "https://music.example"


def opened(home):
    return open_streaming(home, StreamingSettings(buffer_s=60.0), CurrentServer())


def test_the_rate_of_this_network_makes_the_first_choice_after_a_restart(tmp_path):
    home = Home(tmp_path)
    ServerBook(home).use(ServerProfile(url=URL))
    first = opened(home)
    assert not first.policies.bandwidth.estimate().known
    for _ in range(3):
        first.policies.bandwidth.observe(Transfer(100_000, 0.5))
    remember_link(first, URL)
    assert not opened(home).policies.bandwidth.estimate().known, "too little is known to keep it"
    for _ in range(20):
        first.policies.bandwidth.observe(Transfer(100_000, 0.5))
    remember_link(first, URL)
    again = opened(home).policies.bandwidth.estimate()
    assert again.known
    assert abs(again.slow / first.policies.bandwidth.estimate().slow - 1) < 0.01
    ServerBook(home).use(ServerProfile(url="https://other.example"))
    assert not opened(home).policies.bandwidth.estimate().known


def test_a_licence_tells_what_the_plan_allows(tmp_path):
    async def scenario():
        stage = Stage()
        streaming = opened(Home(tmp_path))
        quality = open_quality(
            Home(tmp_path), StreamingSettings(), stage.controller, streaming.thrift
        )
        rights = CurrentRights(stage.key, stage.clock.unix)
        rights.on_licence = quality.licensed
        rights.use(
            ServerProfile(url=URL, licence_key=stage.server.public_key, device_id="device-1")
        )
        stage.server.add_track("a", 30)
        rights.admit((await stage.server.grant(["a"], "aac")).licence)
        return stage.controller, quality

    controller, quality = run_virtual(scenario())
    assert quality.plan_kbps == 320
    assert controller._transport.loader.limits.max_kbps == 320


def test_a_metered_connection_loads_little_ahead(tmp_path):
    streaming = opened(Home(tmp_path))
    assert streaming.policies.load.target_s == 60
    settings = StreamingSettings(metered=True, quality="96")
    quality = open_quality(Home(tmp_path), settings, Stage().controller, streaming.thrift)
    assert streaming.policies.load.target_s == 30
    assert quality.limits().fixed_kbps == 96
