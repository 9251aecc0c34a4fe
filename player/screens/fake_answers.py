"""The protocol's commands, as the engine that plays nothing answers them."""

from collections.abc import Callable
from typing import Any

from player.screens.fake_figures import figures
from player.widgets.model import Connection, Sound

SLOW = frozenset({"library.list", "library.get", "search", "lyrics", "queue.list"})
ANSWERS: dict[str, Callable[..., Any]] = {
    "status": lambda engine, **args: engine.status(**args),
    "play": lambda engine, **args: engine.play(**args),
    "pause": lambda engine, **args: engine.pause(**args),
    "resume": lambda engine: engine.pause(paused=False),
    "toggle": lambda engine, **args: engine.toggle(**args),
    "next": lambda engine: engine.skip(1),
    "prev": lambda engine: engine.skip(-1),
    "seek": lambda engine, **args: engine.seek(**args),
    "volume": lambda engine, **args: engine.volume(**args),
    "mute": lambda engine: engine.change(muted=not engine.state.muted),
    "retry": lambda engine: engine.change(),
    "shuffle": lambda engine, on=None: engine.change(
        shuffle=not engine.state.shuffle if on is None else on
    ),
    "repeat": lambda engine, **args: engine.repeat(**args),
    "stop": lambda engine: None,
    "sync": lambda engine: None,
    "quality": lambda engine, quality="auto": engine.limit(quality=quality),
    "metered": lambda engine, on=None: engine.limit(
        metered=not engine.state.limits.metered if on is None else on
    ),
    "diagnostics": lambda engine: figures(engine.state),
    "diagnostics.export": lambda engine: {"out": "~/segue-diagnostics.zip", "events": 3},
    "cache.clear": lambda engine: None,
    "logout": lambda engine: engine.change(connection=Connection("signed_out")),
    "login": lambda engine, **_: None,
    "queue.list": lambda engine, **args: engine.queue_list(**args),
    "queue.add": lambda engine, **args: engine.queue_add(**args),
    "queue.move": lambda engine, **args: engine.queue_move(**args),
    "queue.remove": lambda engine, **args: engine.queue_remove(**args),
    "queue.clear": lambda engine, **args: engine.queue_clear(**args),
    "queue.jump": lambda engine, **args: engine.queue_jump(**args),
    "queue.undo": lambda engine, **args: engine.queue_undo(**args),
    "library.list": lambda engine, **args: engine.library_list(**args),
    "library.get": lambda engine, **args: engine.library_get(**args),
    "search": lambda engine, **args: engine.search(**args),
    "lyrics": lambda engine, **args: engine.lyrics(**args),
    "like_current": lambda engine: engine.change(liked=not engine.state.liked),
    "lyrics.offset": lambda engine, delta_ms: engine.change(
        lyrics_offset_ms=engine.state.lyrics_offset_ms + delta_ms
    ),
    "sound.set": lambda engine, speed=1.0, **_: engine.change(sound=Sound(speed)),
    "cover": lambda engine, **args: engine.cover(**args),
}
