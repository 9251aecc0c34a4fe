"""An app over the fake engine, with a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from player.app import SegueApp
from player.screens.fake_engine import FakeEngine
from player.screens.search import SearchPage
from player.styles.palette import Palette
from player.styles.tokens import THEMES

Settle = Callable[[Pilot], Awaitable[None]]
Open = Callable[..., AbstractAsyncContextManager[Pilot]]


@pytest.fixture(autouse=True)
def no_debounce(monkeypatch):
    monkeypatch.setattr(SearchPage, "DEBOUNCE_S", 0.001)


@pytest.fixture(autouse=True)
def fine_waiting(monkeypatch):
    """Pilot waits in steps until the process rests; its own steps of 20 ms are most of a test."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.003)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0006)


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine(tracks=4120)
    fake.play_tracks([*range(10), 14, 15, 31], yours=2)
    fake.seek(ms=108_000)
    return fake


@pytest.fixture
def make_app(engine) -> Callable[..., SegueApp]:
    def make(theme: str = "afterglow", *, plain: bool = False, over=None) -> SegueApp:
        fake = over or engine
        return SegueApp(fake, palette=Palette(THEMES[theme], plain=plain), clock=fake.clock)

    return make


async def settle(pilot: Pilot) -> None:
    """Wait until no work is left."""
    waits_for_people = ("modal", "news")
    for _ in range(4):
        await pilot.pause(0.002 if isinstance(pilot.app.focused, Input) else None)
        busy = [w for w in pilot.app.workers if w.group not in waits_for_people]
        for worker in busy:
            with suppress(WorkerCancelled):
                await worker.wait()
    await pilot.pause()


@pytest.fixture
def open_app(make_app) -> Open:
    @asynccontextmanager
    async def opened(*keys: str, size=(140, 40), **look) -> AsyncIterator[Pilot]:
        app = make_app(**look)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            yield pilot

    return opened


@pytest.fixture(name="settle")
def settle_fixture() -> Settle:
    return settle
