"""What each verb does beyond asking the engine. To add one, add a function and a line in VERBS."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from player.cli import figures, marks, playlists, printing
from player.cli.following import follow
from player.cli.printing import Printer
from player.cli.sound import binaural, eq_import, eq_list, lyrics_offset, sound
from player.commands import Command
from player.commands.playlists import PLAYLISTS
from player.engine.blocking import BlockingClient
from player.engine.home import Home
from player.engine.sinks import OTHER_SINK_REMEDY, other_sink
from player.errors import EngineAbsentError, NotFoundError, PlayerError, UsageError
from player.parsing import named, row_numbers

_DEFAULT_ROWS = 50


class Context(NamedTuple):
    """One command line on its way."""

    home: Home
    printer: Printer
    command: Command
    args: dict[str, Any]
    options: dict[str, Any]

    def connect(self, *, timeout_s: float | None = 120.0) -> BlockingClient:
        """The engine, started if the command wants that. Raises EngineAbsentError."""
        sink = self.options.get("sink", "")
        try:
            engine = BlockingClient(self.home, timeout_s=timeout_s)
        except EngineAbsentError:
            if not self.command.starts:
                raise
        else:
            self._tell_sink(engine, sink)
            return engine
        from player.engine.spawn import start_engine  # only when one has to be started

        start_engine(self.home, sink=sink)
        return BlockingClient(self.home, timeout_s=timeout_s)

    def _tell_sink(self, engine: BlockingClient, sink: str) -> None:
        """The engine that runs has its own way to the ear."""
        trouble = other_sink(sink, engine.call("status")["sink"]) if sink else ""
        if trouble:
            self.printer.note(f"segue: {trouble}; {OTHER_SINK_REMEDY}")

    @property
    def limit(self) -> int:
        """How many rows to show."""
        return int(self.options.get("limit", _DEFAULT_ROWS))


def ask(context: Context) -> int:
    """The rule: the engine does it and answers with the state, which is printed."""
    command, printer = context.command, context.printer
    with context.connect() as engine:
        result = engine.call(command.engine_command, **{**command.preset, **context.args})
    printer.result(result, _lines(result, printer) or [f"{command.title.lower()}: done"])
    return 0


def _lines(result: Any, printer: Printer) -> list[str]:
    if isinstance(result, dict) and "status" in result:
        return printing.state_lines(result, printer)[:2]
    return []


def play(context: Context) -> int:
    """Play a link or the best match; goes on where it stopped when nothing is named."""
    query = context.args.get("query", "")
    with context.connect() as engine:
        result = engine.call("play", **named(query)) if query else engine.call("resume")
    context.printer.result(result, _lines(result, context.printer))
    return 0


def status(context: Context) -> int:
    """The state, once or (--follow) at every change."""
    printer = context.printer
    with context.connect() as engine:
        if not context.options.get("follow"):
            state = engine.call("status")
            printer.result(state, printing.state_lines(state, printer))
            return 0
        follow(engine, printer)
    raise EngineAbsentError("the engine has stopped")


def stop(context: Context) -> int:
    """End the engine, and wait until it is gone."""
    with context.connect() as engine:
        engine.call("stop")
        for _ in engine.events():
            pass
    context.printer.result({"stopped": True}, ["stopped"])
    return 0


def queue_list(context: Context) -> int:
    """Rows of the queue, around the current one."""
    with context.connect() as engine:
        state = engine.call("status")
        offset = max(0, (state["queue"]["index"] or 0) - 5)
        listing = engine.call("queue.list", offset=offset, limit=context.limit)
    listing["offset"] = offset
    context.printer.result(listing, printing.queue_lines(listing, context.printer))
    return 0


def queue_add(context: Context) -> int:
    """Add a link or the best match, at the end or next."""
    wanted = named(context.args["query"])
    args = {"uris": [wanted["uri"]]} if "uri" in wanted else wanted
    with context.connect() as engine:
        result = engine.call("queue.add", **context.command.preset, **args)
    added = result["added"]
    tracks = "one track" if added == 1 else f"{added} tracks"
    context.printer.result(result, [f"added {tracks}"])
    return 0


def queue_move(context: Context) -> int:
    """Move a row to another number."""
    with context.connect() as engine:
        (entry,) = _entries(engine, [context.args["entry"]])
        result = engine.call("queue.move", entry=entry, to=context.args["to"] - 1)
    context.printer.result(result, ["moved"])
    return 0


def queue_remove(context: Context) -> int:
    """Remove rows by their numbers."""
    numbers = row_numbers(context.args["entries"])
    with context.connect() as engine:
        result = engine.call("queue.remove", entries=_entries(engine, numbers))
    context.printer.result(result, ["removed; segue queue undo brings back what was there"])
    return 0


def _entries(engine: BlockingClient, numbers: list[int]) -> list[str]:
    entries = []
    for number in numbers:
        rows = engine.call("queue.list", offset=number - 1, limit=1)["rows"] if number > 0 else []
        if not rows:
            raise NotFoundError(f"the queue has no row {number}", remedy="segue queue list")
        entries.append(rows[0]["entry"])
    return entries


def search(context: Context) -> int:
    """Hits with their links."""
    limit = int(context.options.get("limit", 10))
    with context.connect() as engine:
        found = engine.call("search", q=context.args["query"], limit=limit)
    context.printer.result(found, printing.search_lines(found, context.printer))
    return 0


def lyrics(context: Context) -> int:
    """The words of a track, or of what plays."""
    with context.connect() as engine:
        track = _track(engine, context.args.get("track", ""))
        found = engine.call("lyrics", track=track)
    context.printer.result(found, printing.lyric_lines(found))
    return 0


def _track(engine: BlockingClient, wanted: str) -> str:
    """The id of the track that is meant. Raises NotFoundError."""
    if wanted.startswith(("segue:", "https://")):
        return wanted.rstrip("/").replace("/", ":").rsplit(":", 1)[-1]
    if wanted:
        hits = engine.call("search", q=wanted, limit=1)["tracks"]
        track = hits[0] if hits else None
    else:
        track = engine.call("status")["track"]
    if track is None:
        what = f"no track is called {wanted}" if wanted else "nothing plays"
        raise NotFoundError(what, remedy="segue lyrics segue:track:ID")
    return str(track["id"])


def login(context: Context) -> int:
    """Sign in: by token, or by a code that is typed in a browser."""
    args = dict(context.args)
    token = context.options.get("token", "")
    if token:
        args["token"] = sys.stdin.readline().strip() if token == "-" else token
    if "authority" in context.options:
        args["authority"] = _text_of(Path(context.options["authority"]))
    with context.connect(timeout_s=None) as engine:
        engine.call("subscribe", topics=["login"])
        result: dict[str, Any] = {}
        for topic, data in engine.stream(engine.send("login", **args)):
            if topic == "result":
                result = data
            elif topic == "login":
                _tell_login(data, context.printer)
    context.printer.result(result, [f"signed in as {result['user']} at {result['server']}"])
    return 0


def _tell_login(news: dict[str, Any], printer: Printer) -> None:
    if news["step"] == "authority":
        printer.note(f"the server's own authority has the fingerprint (SHA-256)\n{news['sha256']}")
    elif news["step"] == "code":
        printer.note(f"open {news['url']} and type {printer.strong(news['code'])}")
        printer.note(f"or open {news['whole_url']}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def logout(context: Context) -> int:
    """Sign out."""
    with context.connect() as engine:
        result = engine.call("logout")
    context.printer.result(result, ["signed out"])
    return 0


def devices(context: Context) -> int:
    """Devices of the account, this one marked."""
    with context.connect() as engine:
        found = engine.call("devices")
    lines = [f"{'>' if d['this'] else ' '} {d['name']}  {d['id']}" for d in found["devices"]]
    context.printer.result(found, lines)
    return 0


def sync(context: Context) -> int:
    """Follow the server's changes now."""
    with context.connect(timeout_s=None) as engine:
        result = engine.call("sync")
    text = f"{result['changes']} changes; {result['tracks']} tracks, {result['albums']} albums"
    if result["sent"] or result["waiting"] or result["refused"]:
        text += f"; {result['sent']} sent, {result['waiting']} waiting, {result['refused']} refused"
    context.printer.result(result, [text])
    return 0


def render(context: Context) -> int:
    """Write a track or an album to a file, through the whole chain."""
    args: dict[str, Any] = dict(named(context.args["query"]))
    args.update({k: context.options[k] for k in ("codec", "kbps", "sound") if k in context.options})
    args["out"] = str(Path(context.options["out"]).absolute())
    printer = context.printer
    with context.connect(timeout_s=None) as engine:
        engine.call("subscribe", topics=["render"])
        result: dict[str, Any] = {}
        for topic, data in engine.stream(engine.send("render", **args)):
            if topic == "result":
                result = data
            elif topic == "render" and data["total"]:
                printer.progress(f"{100 * data['done'] // data['total']:3} %  {data['title']}")
    printer.progress("")
    seconds = result["frames"] / result["rate"] if result["rate"] else 0.0
    text = f"{result['out']}: {result['frames']} samples, {printing.clock(seconds * 1000)}"
    printer.result(result, [text])
    return 0


def limits(context: Context) -> int:
    """Choose the quality or say that the connection is metered; what holds then."""
    command = context.command
    with context.connect() as engine:
        result = engine.call(command.engine_command, **context.args)
    context.printer.result(result, figures.limit_lines(result))
    return 0


def diagnostics(context: Context) -> int:
    """The figures of playback."""
    with context.connect() as engine:
        report = engine.call("diagnostics")
    context.printer.result(report, figures.figure_lines(report))
    return 0


def diagnostics_export(context: Context) -> int:
    """Write a bundle into this folder, or where it is said."""
    name = f"segue-diagnostics-{time.strftime('%Y%m%d-%H%M%S')}.zip"
    out = Path(context.options.get("out", name)).expanduser().absolute()
    minutes = float(context.options.get("minutes", 60))
    with context.connect() as engine:
        result = engine.call("diagnostics.export", out=str(out), minutes=minutes)
    text = f"{result['out']}: {result['events']} events, {result['link_s']:.0f} s of the link"
    context.printer.result(result, [text])
    return 0


def doctor(context: Context) -> int:
    """Every check with its remedy; fails if one of them does."""
    report: dict[str, Any]
    started = context._replace(command=context.command._replace(starts=True))
    try:
        with started.connect() as engine:
            report = engine.call("doctor")
    except PlayerError as error:
        check = {"name": "engine", "status": "fail", "detail": error.message}
        check["remedy"] = error.remedy
        report = {"checks": [check]}
    context.printer.result(report, printing.check_lines(report))
    return int(any(check["status"] == "fail" for check in report["checks"]))


def config_check(context: Context) -> int:
    """Every mistake in the settings."""
    from player.settings import check  # the one verb that needs more than the standard library

    _, mistakes = check(context.home.settings)
    found = [{"where": m.where, "message": m.message, "remedy": m.remedy} for m in mistakes]
    lines = [str(mistake) for mistake in mistakes] or [f"{context.home.settings}: no mistakes"]
    context.printer.result({"mistakes": found}, lines)
    return 2 if mistakes else 0


def config_show(context: Context) -> int:
    """The settings in force."""
    import msgspec  # as above

    from player.settings import check

    settings, _ = check(context.home.settings)
    sections = msgspec.to_builtins(settings)
    lines = []
    for name, body in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(value)}" for key, value in body.items()]
    context.printer.result(sections, lines)
    return 0


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


VERBS: Mapping[str, Callable[[Context], int]] = {
    "play": play,
    "status": status,
    **dict.fromkeys(
        ("normalise", "crossfade", "eq", "eq_bands", "speed", "spatial", "mono"), sound
    ),
    **dict.fromkeys(("sound_show", "sound_reset", "sleep"), sound),
    "eq_list": eq_list,
    "eq_import": eq_import,
    "binaural": binaural,
    "lyrics_offset": lyrics_offset,
    "stop": stop,
    "queue_list": queue_list,
    "queue_add": queue_add,
    "queue_next": queue_add,
    "queue_move": queue_move,
    "queue_remove": queue_remove,
    "search": search,
    "lyrics_text": lyrics,
    "login": login,
    "logout": logout,
    "devices": devices,
    "sync": sync,
    "render": render,
    "quality": limits,
    "metered": limits,
    "go_diagnostics": diagnostics,
    "diagnostics_export": diagnostics_export,
    "like": marks.mark,
    "unlike": marks.mark,
    "rate": marks.mark,
    "liked": marks.liked,
    "outbox": marks.outbox,
    "outbox_retry": marks.decide,
    "outbox_drop": marks.decide,
    **{command.name: playlists.ask for command in PLAYLISTS},
    "playlist_show": playlists.show,
    "doctor": doctor,
    "config_check": config_check,
    "config_show": config_show,
}
