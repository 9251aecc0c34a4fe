"""What must stay cheap: the long list, the player bar, standing still."""

from player.screens.fake_engine import FakeEngine


async def test_a_list_of_100_000_holds_a_few_pages(open_app, settle):
    big = FakeEngine(tracks=100_000)
    async with open_app("tab", "tab", over=big) as pilot:
        tracks = pilot.app.frame.page.tracks
        assert tracks.total == 100_000
        for row in range(0, 100_000, 5_003):
            tracks.go_to(row)
            await settle(pilot)
        assert len(tracks.pages) <= tracks.pages.size * 24
        assert len(tracks._strips) <= 512
        asked = [args for name, args in big.calls if name == "library.list"]
        assert all(args["limit"] <= 100 for args in asked)
        assert len(asked) < 120


async def test_moving_the_cursor_paints_two_rows(open_app, settle):
    async with open_app("tab", "tab") as pilot:
        tracks = pilot.app.frame.page.tracks
        before = tracks.painted
        await pilot.press("j")
        await settle(pilot)
        assert tracks.painted - before <= 2


async def test_a_second_of_playback_repaints_a_few_cells(open_app, engine):
    async with open_app() as pilot:
        bar = pilot.app.frame.player
        before = bar.repainted_cells
        engine.clock.advance(1.0)
        bar.tick()
        assert 0 < bar.repainted_cells - before <= 12
        before = bar.repainted_cells
        bar.tick()
        assert bar.repainted_cells == before


async def test_nothing_is_planned_while_paused(open_app, engine, settle):
    async with open_app("space") as pilot:
        await settle(pilot)
        assert engine.state.status == "paused"
        assert pilot.app.frame.player.wait_s() is None


async def test_start_asks_for_little(open_app, engine):
    async with open_app():
        assert len(engine.calls) <= 6


async def test_a_click_on_the_line_seeks(open_app, engine, settle):
    async with open_app() as pilot:
        bar = pilot.app.frame.player
        region = bar.progress_region
        half = region.x + region.width // 2
        await pilot.click(bar, offset=(half, region.y))
        await settle(pilot)
        args = dict(engine.calls)["seek"]
        assert abs(args["ms"] - 126_000) < 2_000


async def test_clicks_select_and_play(open_app, engine, settle):
    async with open_app("tab", "tab") as pilot:
        tracks = pilot.app.frame.page.tracks
        await pilot.click(tracks, offset=(10, 5))
        await settle(pilot)
        assert tracks.cursor == 3
        assert "play" not in dict(engine.calls)
        await pilot.click(tracks, offset=(10, 5), times=2)
        await settle(pilot)
        assert "play" in dict(engine.calls)


async def test_words_of_the_bar_are_buttons(open_app, engine, settle):
    async with open_app() as pilot:
        bar = pilot.app.frame.player
        for name in ("toggle", "next", "prev", "shuffle", "repeat"):
            y, start, _end, _ = next(hot for hot in bar._hot if hot[3] == name)
            await pilot.click(bar, offset=(start, y))
            await settle(pilot)
            assert name in dict(engine.calls)


async def test_the_wheel_scrolls(open_app):
    async with open_app("tab", "tab") as pilot:
        tracks = pilot.app.frame.page.tracks
        tracks.scroll_by(9)
        assert (tracks.top, tracks.cursor) == (9, 0)
