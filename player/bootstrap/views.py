"""The terminal player over the engine of a profile, started if it does not run."""

import gc
from functools import partial

from player.engine.blocking import BlockingClient
from player.engine.client import EngineClient
from player.engine.home import Home
from player.engine.sinks import OTHER_SINK_REMEDY, other_sink
from player.engine.spawn import start_engine
from player.errors import PlayerError


def run_tui(home: Home, *, sink: str = "", theme: str = "", plain: str = "") -> int:
    """Open the player with a look that counts more than the settings; the exit code."""
    gc.disable()  # importing makes much and drops little
    from player.app import SegueApp  # costs most of the start; the command line must not pay it
    from player.settings import check
    from player.styles.terminal import choose_palette
    from player.widgets.model import Notice

    gc.freeze()
    gc.enable()
    settings, mistakes = check(home.settings)
    display = settings.display
    client = EngineClient(home, start=partial(start_engine, home, sink=sink))
    app = SegueApp(
        client,
        palette=choose_palette(theme or display.theme, plain or display.plain),
        notices=[
            *(Notice(m.message, "warn", f"{m.where}: {m.remedy}") for m in mistakes[:1]),
            *(Notice(text, "warn", OTHER_SINK_REMEDY) for text in _other_sink(home, sink)),
        ],
    )
    app.run()
    return app.return_code or 0


def _other_sink(home: Home, sink: str) -> list[str]:
    """What is to be said of a sink that an engine which runs already does not use."""
    if not sink:
        return []
    try:
        with BlockingClient(home, timeout_s=2.0) as engine:
            text = other_sink(sink, engine.call("status")["sink"])
    except PlayerError:
        return []  # none runs, or it is being seen to by the view
    return [text] if text else []
