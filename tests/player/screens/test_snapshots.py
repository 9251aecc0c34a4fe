"""Pictures of the pages: wide, medium, narrow, light, plain, and the states of a list."""

import pytest
from textual.pilot import Pilot

from player.errors import EngineError
from player.widgets.model import Connection
from player.widgets.paged_view import PagedView

from .conftest import settle

WIDE, MEDIUM, NARROW = (140, 40), (100, 30), (80, 24)
PAGES = {
    "albums": (),
    "artists": ("tab",),
    "tracks": ("tab", "tab", "j"),
    "album": ("enter",),
    "artist": ("tab", "enter"),
    "search": ("g", "s", *"lantern"),
    "queue": ("g", "q", "j"),
    "playing": ("g", "n"),
    "palette": ("ctrl+p", *"qu"),
    "help": ("question_mark",),
}


def after(*keys: str):
    async def run(pilot: Pilot) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await settle(pilot)

    return run


@pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])
@pytest.mark.parametrize("page", PAGES)
def test_page(page, size, make_app, snap_compare):
    assert snap_compare(make_app(), terminal_size=size, run_before=after(*PAGES[page]))


@pytest.mark.parametrize("page", ["albums", "playing", "queue"])
@pytest.mark.parametrize("theme", ["daybreak", "terminal", "monochrome"])
def test_theme(page, theme, make_app, snap_compare):
    app = make_app(theme, plain=theme == "monochrome")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*PAGES[page]))


def test_daybreak_wide(make_app, snap_compare):
    assert snap_compare(make_app("daybreak"), terminal_size=WIDE, run_before=after())


def test_mini(make_app, snap_compare):
    assert snap_compare(make_app(), terminal_size=(60, 16), run_before=after())


def test_loading(make_app, engine, monkeypatch, snap_compare):
    monkeypatch.setattr(PagedView, "LOADING_AFTER_S", 0.001)
    engine.gate.clear()

    async def run(pilot: Pilot) -> None:
        for _ in range(200):
            await pilot.pause()
            if pilot.app.frame.page and pilot.app.frame.page.albums.phase == "loading":
                return

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run)


def test_error(make_app, engine, snap_compare):
    engine.refuses["library.list"] = EngineError("offline", "demo.example does not answer")
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after())


def test_rate_limited(make_app, engine, snap_compare):
    engine.refuses["library.list"] = EngineError(
        "offline",
        "demo.example has too much to do",
        remedy="it is tried again by itself",
        retry_after_s=8.0,
    )
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after())


def test_refused(make_app, engine, snap_compare):
    engine.refuses["search"] = EngineError("not_allowed", "not in your region", remedy="none")
    keys = ("g", "s", *"kiln")
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after(*keys))


def test_no_answer(make_app, engine, monkeypatch, snap_compare):
    for step in ("LOADING_AFTER_S", "SLOW_AFTER_S", "LATE_AFTER_S"):
        monkeypatch.setattr(PagedView, step, 0.001)
    engine.gate.clear()

    async def run(pilot: Pilot) -> None:
        for _ in range(200):
            await pilot.pause()
            page = pilot.app.frame.page
            if page and "enter" in page.albums.waiting_note:
                return

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run)


def test_partial(make_app, engine, snap_compare):
    async def run(pilot: Pilot) -> None:
        await settle(pilot)
        so_far = {"revision": 9, "tracks": 4500, "albums": 450, "artists": 60, "syncing": True}
        engine.tell("library", so_far)
        await settle(pilot)

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize("size", [MEDIUM, NARROW], ids=["medium", "narrow"])
def test_the_footer_shows_a_long_row_in_full(size, make_app, snap_compare):
    keys = ("tab", "tab", "j", "j")
    assert snap_compare(make_app(), terminal_size=size, run_before=after(*keys))


def test_offline_narrow(make_app, engine, snap_compare):
    engine.change(connection=Connection("offline", "demo.example", "Mara", "no route"))
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after())


def test_empty(make_app, engine, snap_compare):
    engine.catalog.track_count = engine.catalog.album_count = engine.catalog.artist_count = 0
    engine.play_tracks([])
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after())


def test_nothing_matches(make_app, snap_compare):
    keys = ("tab", "tab", "slash", *"zzz")
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after(*keys))


def test_offline(make_app, engine, snap_compare):
    engine.change(connection=Connection("offline", "demo.example", "Mara", "no route"))
    assert snap_compare(make_app(), terminal_size=WIDE, run_before=after())


def test_signed_out(make_app, engine, snap_compare):
    engine.change(connection=Connection("signed_out"), status="idle", track=None)
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after())


def test_an_error_in_a_toast(make_app, engine, snap_compare):
    engine.refuses["next"] = EngineError("failed", "The queue has ended", remedy="play something")
    assert snap_compare(make_app(), terminal_size=NARROW, run_before=after("n"))


def test_switch_of_quality_is_pointed_out(make_app, engine, snap_compare):
    async def run(pilot: Pilot) -> None:
        await settle(pilot)
        quality = engine.state.quality
        assert quality is not None
        down = type(quality)("aac", 96, 0, 3, "down", "throughput fell to 110 kb/s")
        engine.change(quality=down)
        await settle(pilot)

    assert snap_compare(make_app(), terminal_size=NARROW, run_before=run)
