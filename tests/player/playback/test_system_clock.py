"""Time that no setting of the machine's clock changes, and that a server corrects."""

from player.playback.announce import wrong_clock
from player.playback.playback_world import SystemClock


class World:
    def __init__(self):
        self.wall, self.elapsed, self.wrong = 1000.0, 50.0, []
        self.clock = SystemClock(
            wall=lambda: self.wall, elapsed=lambda: self.elapsed, on_wrong=self.wrong.append
        )


def test_setting_the_clock_changes_nothing():
    world = World()
    world.wall += 86_400
    world.elapsed += 5
    assert world.clock.unix() == 1005


def test_time_goes_on_in_a_sleep():
    world = World()
    world.elapsed += 600
    assert world.clock.unix() == 1600
    assert world.clock.elapsed() == 650


def test_a_server_corrects_it_and_a_wrong_clock_is_told_once():
    world = World()
    for _answer in range(3):
        world.clock.told(5000)
    assert world.clock.unix() == 5000
    assert world.wrong == [-4000]
    world.wall = 5100
    world.clock.told(5000)
    world.wall = 8600
    world.clock.told(5000)
    assert world.wrong == [-4000, 3600]


def test_the_machines_own_clocks():
    clock = SystemClock()
    assert clock.elapsed() >= 0
    assert clock.unix() > 1_700_000_000
    assert clock.monotonic() <= clock.monotonic()


def test_which_way_it_is_wrong():
    assert wrong_clock(3600)[1] == (
        "This machine's clock is 60 min ahead: the server's time is used"
    )
    assert "behind" in wrong_clock(-3600)[1]
