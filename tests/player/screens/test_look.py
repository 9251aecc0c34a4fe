"""Theme and signs, chosen at the start or while the player is open."""

import pytest
from textual.widget import Widget

from player.styles.palette import Palette
from player.styles.tokens import THEMES
from tests.player.screens.test_typed import typed


def screen_of(app) -> list[str]:
    """All lines as drawn, with their styles."""
    return [str(list(strip)) for strip in app.screen._compositor.render_strips()]


async def drawn(open_app, *keys, **look) -> list[str]:
    async with open_app(*keys, **look) as pilot:
        return screen_of(pilot.app)


@pytest.mark.parametrize("keys", [(), ("tab", "tab"), ("g", "q"), ("g", "n"), ("enter",)])
async def test_a_theme_chosen_late_looks_as_if_chosen_early(keys, open_app, settle):
    wanted = await drawn(open_app, *keys, theme="daybreak")
    async with open_app(*keys) as pilot:
        frame = pilot.app.frame
        assert screen_of(pilot.app) != wanted
        frame.restyle(Palette(THEMES["daybreak"]))
        await settle(pilot)
        assert screen_of(pilot.app) == wanted


async def test_plain_signs_come_and_go(open_app, settle):
    wanted = await drawn(open_app, plain=True)
    async with open_app() as pilot:
        first = screen_of(pilot.app)
        await typed(pilot, settle, "plain")
        assert screen_of(pilot.app) == wanted
        assert "".join(
            strip.text for strip in pilot.app.screen._compositor.render_strips()
        ).isascii()
        await typed(pilot, settle, "plain off")
        assert screen_of(pilot.app) == first


async def test_every_part_takes_the_new_palette(open_app, settle):
    async with open_app("backslash") as pilot:
        await typed(pilot, settle, "theme terminal")
        assert pilot.app.theme == "terminal"
        palettes = {
            part.palette.theme.name
            for part in pilot.app.screen.query(Widget)
            if hasattr(part, "palette")
        }
        assert palettes == {"terminal"}
        assert not [f for f in pilot.app._filters if f.enabled]  # they would paint over "default"
        assert "theme = " in pilot.app.frame.toast.notice.detail


async def test_auto_is_what_the_terminal_shows(open_app, settle, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app() as pilot:
        await typed(pilot, settle, "theme auto")
        assert pilot.app.frame.stage.palette.theme.name == "monochrome"
