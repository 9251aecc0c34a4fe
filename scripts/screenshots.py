"""Draw the pictures of the README: the real player, engine and server, playing the demo library.

`.venv/bin/python scripts/screenshots.py` writes `docs/screenshot.svg` and `docs/playing.svg`.
"""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from quickstart import demo_library, segue, segue_server, sign_in, start_server, stop_server
from textual.pilot import Pilot

from player.app import SegueApp
from player.engine.client import EngineClient
from player.engine.home import Home
from player.styles.palette import Palette

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
        server = start_server(data, [demo_library(data)])
        try:
            sign_in(data, server)
            _prepare(data)
            asyncio.run(_draw(Home(home)))
        finally:
            segue("stop", check=False)
            stop_server(server)


def _prepare(data: Path) -> None:
    """Play a song that has lyrics, from the middle of its words, with its best rendition ready."""
    while segue("sync")["tracks"] < SONGS or f"{SONGS} of {SONGS} tracks ready" not in str(
        segue_server(data, "doctor", check=False)
    ):
        time.sleep(1)
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
    await pilot.pause(1.0)
    await frame.stage.covers.settled()  # type: ignore[attr-defined]  # as above
    await pilot.pause(1.0)


def _save(app: SegueApp, name: str) -> None:
    (ROOT / "docs" / f"{name}.svg").write_text(app.export_screenshot(title="segue"), "utf-8")


if __name__ == "__main__":
    main()
