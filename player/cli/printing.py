"""What the command line prints: lines for people, JSON for programs."""

import json
import os
import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

from player.cli.figures import limit_words

_NO_LIMITS = {"quality": "auto", "metered": False}
_BOLD, _FAINT, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Printer:
    """Writes results to standard output, problems and progress to standard error."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._colour = self._out.isatty() and not os.environ.get("NO_COLOR")
        self._on_line = False

    def result(self, value: Any, lines: Iterable[str] = ()) -> None:
        """A result: as JSON, or as these lines."""
        if self.as_json:
            self._say(json.dumps(value, ensure_ascii=False))
            return
        for line in lines:
            self._say(line)

    def problem(self, kind: str, message: str, remedy: str) -> None:
        """Something that could not be done, in one line."""
        self.progress("")
        if self.as_json:
            body = {"error": {"kind": kind, "message": message, "remedy": remedy}}
            self._say(json.dumps(body, ensure_ascii=False))
            return
        sys.stderr.write(f"segue: {message}{f'; {remedy}' if remedy else ''}\n")

    def note(self, text: str) -> None:
        """Something on the way to the result, for people only."""
        if not self.as_json:
            sys.stderr.write(f"{text}\n")

    def progress(self, text: str) -> None:
        """A line that the next one replaces; only on a terminal."""
        if not sys.stderr.isatty() or self.as_json or (not text and not self._on_line):
            return
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._on_line = bool(text)

    def _say(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()

    def strong(self, text: str) -> str:
        """Titles."""
        return f"{_BOLD}{text}{_END}" if self._colour else text

    def faint(self, text: str) -> str:
        """Less important."""
        return f"{_FAINT}{text}{_END}" if self._colour else text


def clock(ms: float) -> str:
    """`3:07`, `1:02:03`."""
    seconds = int(ms / 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def artists(entity: dict[str, Any]) -> str:
    """Names, with commas."""
    return ", ".join(artist["name"] for artist in entity.get("artists", ()))


def track_line(track: dict[str, Any], printer: Printer) -> str:
    """Title, artists, album and length."""
    tail = f"{artists(track)} · {track['album']['title']} · {clock(track['duration_ms'])}"
    return f"{printer.strong(track['title'])}  {printer.faint(tail)}"


def state_lines(state: dict[str, Any], printer: Printer) -> list[str]:
    """The state as a person reads it."""
    track = state.get("track")
    if track is None:
        return [f"{state['status']}, nothing in the queue", _server_line(state)]
    passed = 0.0
    if state["status"] == "playing":
        passed = (time.monotonic() - state["at"]) * 1000 * state["sound"]["speed"]
    position = min(state["position_ms"] + passed, state["duration_ms"])
    facts = [
        f"{clock(position)} / {clock(state['duration_ms'])}",
        f"buffer {state['buffer_s']:.0f} s",
        _quality(state.get("quality")),
        *limit_words(state.get("limits", _NO_LIMITS)),
        "muted" if state["muted"] else f"volume {state['volume']}",
        "shuffle" if state["shuffle"] else "",
        f"repeat {state['repeat']}" if state["repeat"] != "off" else "",
    ]
    return [
        f"{state['status']}  {track_line(track, printer)}",
        "  " + " · ".join(fact for fact in facts if fact),
        _server_line(state),
    ]


def _quality(quality: dict[str, Any] | None) -> str:
    return f"{quality['codec']} {quality['kbps']} kbps" if quality else ""


def _server_line(state: dict[str, Any]) -> str:
    connection = state["connection"]
    who = f"{connection['user']} at {connection['server']}" if connection["server"] else ""
    words = [connection["state"].replace("_", " "), who, connection["detail"]]
    return "  " + " · ".join(word for word in words if word)


def notice_line(notice: dict[str, Any]) -> str:
    """What the player says by itself."""
    return "  " + "; ".join(part for part in (notice["text"], notice["detail"]) if part)


def queue_lines(listing: dict[str, Any], printer: Printer) -> list[str]:
    """Rows with their numbers, the current one marked, and why each is there."""
    lines = []
    for number, row in enumerate(listing["rows"], start=listing.get("offset", 0) + 1):
        mark = ">" if row["section"] == "now" else " "
        track = row["track"]
        text = track_line(track, printer) if track else printer.faint("not in the library")
        words = row["reason"] if row.get("playable", True) else "cannot be played, is gone round"
        reason = printer.faint(f"  {words}") if words else ""
        lines.append(f"{mark}{number:4}  {text}{reason}")
    return lines or ["the queue is empty"]


def search_lines(found: dict[str, Any], printer: Printer) -> list[str]:
    """Hits by kind, each with its link."""
    lines: list[str] = []
    for kind in ("artists", "albums", "tracks"):
        for hit in found[kind]:
            name = hit.get("name") or hit["title"]
            by = f"  {printer.faint(artists(hit))}" if kind != "artists" else ""
            link = printer.faint(f"segue:{kind[:-1]}:{hit['id']}")
            lines.append(f"{kind[:-1]:6}  {printer.strong(name)}{by}  {link}")
    return lines or ["nothing found"]


def lyric_lines(lyrics: dict[str, Any]) -> list[str]:
    """The text, with times if it has some."""
    lines = []
    for line in lyrics.get("lines", ()):
        start = line.get("start_ms")
        lines.append(line["text"] if start is None else f"{clock(start):>6}  {line['text']}")
    return lines or ["no lyrics"]


def check_lines(report: dict[str, Any]) -> list[str]:
    """The checks of `doctor`, each with its remedy."""
    return [
        f"{check['status']:5}  {check['name']:10}  {check['detail']}"
        + (f"; {check['remedy']}" if check.get("remedy") else "")
        for check in report["checks"]
    ]
