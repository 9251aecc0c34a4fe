"""What must stay cheap: the long list, the player bar, lyrics, standing still."""

import re

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


def sent(app, widget):
    """Bytes that a repaint of the widget sends, and the texts with their places."""
    compositor = app.frame._compositor
    compositor.update_widgets({widget})
    update = compositor.render_update()
    data = update.render_segments(app.console) if update is not None else ""
    placed = []
    for y, x, rest in re.findall(r"\x1b\[(\d+);(\d+)H((?:(?!\x1b\[\d+;\d+H).)*)", data, re.DOTALL):
        placed.append((int(x) - 1, int(y) - 1, re.sub(r"\x1b\[[\d;]*m", "", rest)))
    return len(data.encode()), placed


async def test_a_second_of_playback_sends_little_and_the_right_cells(open_app, engine):
    async with open_app() as pilot:
        bar = pilot.app.frame.player
        sent(pilot.app, bar)
        sizes = []
        for _ in range(12):
            engine.clock.advance(1.0)
            bar.tick()
            size, placed = sent(pilot.app, bar)
            sizes.append(size)
            lines = [strip.text for strip in pilot.app.frame._compositor.render_strips()]
            assert placed
            assert all(lines[y][x : x + len(text)] == text for x, y, text in placed)
        assert sum(sizes) / len(sizes) <= 300


async def test_a_word_that_is_sung_sends_a_few_cells(open_app, engine, settle):
    async with open_app("L") as pilot:
        await settle(pilot)
        lyrics = pilot.app.frame.page.lyrics
        engine.seek(ms=100_000)
        await settle(pilot)
        sizes = []
        for _ in range(60):
            engine.clock.advance(0.5)
            lyrics.tick()
            size, placed = sent(pilot.app, lyrics)
            sizes.append(size)
            lines = [strip.text for strip in pilot.app.frame._compositor.render_strips()]
            assert all(lines[y][x : x + len(text)] == text for x, y, text in placed)
        assert 0 < sum(sizes) / 30 <= 1024


async def test_a_state_that_only_tells_the_time_draws_only_the_bar(open_app, engine, settle):
    async with open_app("L") as pilot:
        frame = pilot.app.frame
        before = {w: w.repainted_cells for w in (frame.top, frame.rail, frame.page.sleeve)}
        for second in range(5):
            engine.change(buffered_ms=150_000 + 1000 * second)
            await settle(pilot)
        assert {w: w.repainted_cells for w in before} == before
