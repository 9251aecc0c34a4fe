"""The terminal player over the engine of a profile, started if it does not run."""

import gc
from functools import partial

from player.engine.client import EngineClient
from player.engine.home import Home
from player.engine.spawn import start_engine


def run_tui(home: Home, *, sink: str = "") -> int:
    """Open the player; the exit code."""
    gc.disable()  # importing makes much and drops little
    from player.app import SegueApp  # costs most of the start; the command line must not pay it

    gc.freeze()
    gc.enable()
    client = EngineClient(home, start=partial(start_engine, home, sink=sink))
    app = SegueApp(client)
    app.run()
    return app.return_code or 0
