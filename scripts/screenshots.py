"""Draw the pictures of the README: the real player, engine and server, playing the demo library.

`.venv/bin/python scripts/screenshots.py [FOLDER]` writes `docs/screenshot.svg` and
`docs/playing.svg`; FOLDER is a demo library that was composed before.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from quickstart import demo_library, segue, sign_in, start_server, stop_server
from textual.pilot import Pilot

from player.app import SegueApp
from player.engine.client import EngineClient
from player.engine.home import Home
from player.styles.palette import Palette
from player.widgets.paged_view import PagedView

ROOT = Path(__file__).parents[1]
SIZE = (140, 40)
SONGS = 9
PLACE = "0:41"


def main() -> None:
    """Everything in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        home, data = Path(folder, "player"), Path(folder, "server")
        os.environ.update(
            SEGUE_HOME=str(home), SEGUE_AUDIO_SINK="null", SEGUE_PRIVACY_KEYS="file", USER="mara"
        )
        music = Path(sys.argv[1]).absolute() if sys.argv[1:] else demo_library(data)
        server = start_server(data, [music])
        try:
            sign_in(data, server)
            _prepare()
            asyncio.run(_draw(Home(home)))
        finally:
            segue("stop", check=False)
            stop_server(server)


def _prepare() -> None:
    """Play a song that has lyrics, from the middle of its words."""
    while segue("sync")["tracks"] < SONGS:
        time.sleep(0.5)
    segue("play", "night tram")
    segue("seek", PLACE)


async def _draw(home: Home) -> None:
    app = SegueApp(EngineClient(home), palette=Palette())
    async with app.run_test(size=SIZE) as pilot:
        await _until_still(pilot)
        _save(app, "screenshot")
        await pilot.press("5")
        await _until_still(pilot)
        _save(app, "playing")


async def _until_still(pilot: Pilot[None]) -> None:
    """Wait for the music, then for lists and covers."""
    frame = pilot.app.screen
    while frame.stage.state.status != "playing":  # type: ignore[attr-defined]  # the one screen there is
        await pilot.pause(0.1)
    while any(
        view.display and view.phase in ("quiet", "loading") for view in frame.query(PagedView)
    ):
        await pilot.pause(0.1)
    await frame.stage.covers.settled()  # type: ignore[attr-defined]  # as above
    await pilot.pause(1.0)


def _save(app: SegueApp, name: str) -> None:
    (ROOT / "docs" / f"{name}.svg").write_text(app.export_screenshot(title="segue"), "utf-8")


if __name__ == "__main__":
    main()
