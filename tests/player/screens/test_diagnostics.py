"""Diagnostics: what is shown, and that figures flow only while somebody looks."""

import pytest

from player.errors import EngineError
from player.playback.diagnostics.report import Report
from player.screens.fake_figures import figures
from player.widgets.sparkline import bar, spread

HERE = ("g", "exclamation_mark")


def text_of(pilot) -> str:
    return "\n".join(strip.text for strip in pilot.app.frame.page.board._lines)


async def test_everything_is_told(open_app):
    async with open_app(*HERE) as pilot:
        text = text_of(pilot)
    for said in (
        "now 48 s", "1 stall, 0.8 s", "estimate 1,940 kb/s", "AAC 320", "AAC 160", "AAC 96",
        "the link fell to 210 kb/s, buffer 9 s", "320 → 96", "1:14 ago", "Round trip", "42 ms",
        "1 of 214", "0.3 MB", "3.1 ms", "23 ms", "71 % of 100", "1.1 %", "64.0 MB",
    ):  # fmt: skip
        assert said in text, said


async def test_figures_flow_only_while_the_page_is_shown(open_app, engine, settle):
    async with open_app() as pilot:
        assert "diagnostics" not in engine.followed
        for key in HERE:
            await pilot.press(key)
        await settle(pilot)
        assert "diagnostics" in engine.followed
        await pilot.press("backspace")
        await settle(pilot)
        assert "diagnostics" not in engine.followed
        for key in HERE:
            await pilot.press(key)
        await settle(pilot)
        assert "diagnostics" in engine.followed


async def test_a_push_repaints_what_changed(open_app, engine, settle):
    async with open_app(*HERE) as pilot:
        board = pilot.app.frame.page.board
        same = figures(engine.state)
        engine.tell("diagnostics", same)
        await settle(pilot)
        before = board.repainted_cells
        engine.tell("diagnostics", {**same, "counts": {**same["counts"], "abandoned": 2}})
        await settle(pilot)
        assert 0 < board.repainted_cells - before <= 40
        assert "2 of 214" in text_of(pilot)


async def test_limits_are_told_in_badge_and_page(open_app, engine, settle):
    async with open_app(*HERE) as pilot:
        assert "held" not in text_of(pilot)
        await pilot.app.frame.perform("quality_160")
        await pilot.app.frame.perform("metered")
        await settle(pilot)
        assert ("quality", {"quality": "160"}) in engine.calls
        bar_text = "\n".join(strip.text for strip in pilot.app.frame.player._lines)
        assert "fixed 160 metered" in bar_text


async def test_export_tells_where(open_app, engine, settle):
    async with open_app(*HERE, "x") as pilot:
        await settle(pilot)
        assert ("diagnostics.export", {}) in engine.calls
        assert "exported" in pilot.app.frame.toast.notice.text
        engine.refuses["diagnostics.export"] = EngineError("failed", "the disk is full")
        await pilot.press("x")
        await settle(pilot)
        assert pilot.app.frame.toast.notice.text == "the disk is full"


@pytest.mark.parametrize("size", [(140, 40), (100, 30), (80, 24)])
async def test_it_scrolls_where_it_does_not_fit(open_app, settle, size):
    async with open_app(*HERE, size=size) as pilot:
        board = pilot.app.frame.page.board
        await pilot.press("G")
        await settle(pilot)
        assert "this window" in text_of(pilot)
        fits = board._needed <= board.size.height
        assert (board.top == 0) == fits
        await pilot.press("j", "k", "g", "g")
        assert board.top == 0


async def test_figures_of_another_version_are_said(open_app, engine, settle):
    async with open_app(*HERE) as pilot:
        engine.tell("diagnostics", {"buffer": "much"})
        await settle(pilot)
        assert "cannot be read" in pilot.app.frame.toast.notice.text
        assert pilot.app.frame.page.board.report != Report()


def test_bars():
    assert spread([1.0, 2.0], 4, 4) == [None, None, 1.0, 2.0]
    assert spread([1.0, 2.0], 8, 4) == [None] * 4 + [1.0, 1.0, 2.0, 2.0]
    assert [bar(value, 8, 0, 1) for value in (None, 0, 0.1, 4, 8, 99)] == [
        " ",
        " ",
        "▁",
        "▄",
        "█",
        "█",
    ]
    assert [bar(12, 16, line, 2) for line in (0, 1)] == ["▄", "█"]
    assert bar(3, 0, 0, 1) == " "


async def test_the_badge_leads_to_the_reasons(open_app, settle):
    async with open_app() as pilot:
        bar = pilot.app.frame.player
        y, start, _end, _ = next(hot for hot in bar._hot if hot[3] == "go_diagnostics")
        await pilot.click(bar, offset=(start, y))
        await settle(pilot)
        assert pilot.app.frame.page.PLACE == "go_diagnostics"
