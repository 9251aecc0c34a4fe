"""Pauses between attempts: growing, shared, cut short on demand; what is told, and when."""

import asyncio
import itertools
from random import Random

from player.errors import OfflineError, ServerBusyError, ServerFailedError, SignedOutError
from player.playback.recovery import OWN_TRIES, Persistence, Recovery
from tests.player.playback.virtual_time import LoopClock, run_virtual

AWAY = OfflineError("away")


class World:
    def __init__(self):
        self.said = []
        self.recovery = Recovery(LoopClock(), random=Random(1), changed=self.said.append)

    async def fail_for(self, seconds):
        """Try again and again; when each attempt was made."""
        loop = asyncio.get_running_loop()
        begun, tried = loop.time(), []
        while loop.time() - begun < seconds:
            tried.append(loop.time() - begun)
            await self.recovery.wait(AWAY)
        return tried


def on_world(function):
    def test():
        async def play():
            await function(World())

        run_virtual(play())

    return test


@on_world
async def test_pauses_grow_to_a_limit_and_success_ends_them(world):
    tried = await world.fail_for(200)
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    assert pauses[0] < 1
    assert all(15 <= pause <= 25 for pause in pauses[-5:])
    world.recovery.succeeded()
    assert world.recovery.failed(AWAY) < 1


@on_world
async def test_failures_of_requests_that_were_under_way_together_count_once(world):
    first = world.recovery.failed(AWAY)
    assert world.recovery.failed(AWAY) >= first
    assert world.recovery.connection.attempts == 1


@on_world
async def test_trouble_is_told_once_it_lasts_and_again_when_it_lasts_long(world):
    await world.fail_for(0.6)
    assert {connection.patience for connection in world.said} == {"quiet"}
    await world.fail_for(500)
    assert world.said[-1].patience == "told"
    tried = await world.fail_for(1000)
    assert world.said[-1].patience == "long"
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    assert all(45 <= pause <= 75 for pause in pauses[-5:])
    world.recovery.succeeded()
    assert world.said[-1].state == "online"
    assert world.said[-1].patience == "quiet"


@on_world
async def test_a_busy_server_says_how_long_and_everybody_waits(world):
    assert world.recovery.failed(ServerBusyError("later", retry_after_s=30)) == 30
    loop = asyncio.get_running_loop()
    begun = loop.time()
    world.recovery.hurry()
    await world.recovery.turn()
    assert loop.time() - begun == 30
    await world.recovery.turn()
    assert loop.time() - begun == 30


@on_world
async def test_a_server_cannot_ask_for_ever(world):
    pause = world.recovery.failed(ServerBusyError("later", retry_after_s=1e9))
    assert pause == 300


@on_world
async def test_who_is_signed_out_stays_so_until_there_is_a_session(world):
    world.recovery.failed(SignedOutError("gone"))
    world.recovery.succeeded()
    assert world.recovery.connection.state == "signed_out"
    assert world.recovery.connection.patience == "told"
    world.recovery.signed_in()
    assert world.recovery.connection.state == "connecting"


@on_world
async def test_hurry_ends_a_wait(world):
    await world.fail_for(100)
    loop = asyncio.get_running_loop()
    loop.call_later(0.25, world.recovery.hurry)
    begun = loop.time()
    await world.recovery.wait(AWAY)
    assert loop.time() - begun < 0.3


@on_world
async def test_a_request_that_fails_while_others_succeed_is_spent(world):
    alone = Persistence(world.recovery)
    for _try in range(50):
        alone.failed(AWAY)
    assert not alone.spent
    for _try in range(OWN_TRIES):
        world.recovery.succeeded()
        alone.failed(AWAY)
    assert alone.spent
    alone.progressed()
    assert not alone.spent


@on_world
async def test_a_server_that_fails_at_a_request_is_evidence_enough(world):
    request = Persistence(world.recovery)
    for _try in range(OWN_TRIES):
        request.failed(ServerFailedError("500"))
    assert request.spent
