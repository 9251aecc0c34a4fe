"""What a verb prints: one JSON line for programs, plain lines for people."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

_BAR = 24
_REDRAW_S = 0.1


class Output:
    """Results go to standard output, everything else to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, values: Mapping[str, Any], lines: str) -> None:
        """What the verb was asked for, in either form."""
        text = json.dumps(values, ensure_ascii=False) if self.as_json else lines
        sys.stdout.write(_sendable(text) + "\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Something for people, on the side."""
        sys.stderr.write(_sendable(text) + "\n")
        sys.stderr.flush()

    def error(self, code: str, detail: str, remedy: str) -> None:
        """Why it did not work, and what to do."""
        if self.as_json:
            refusal = {"code": code, "message": detail, "remedy": remedy}
            sys.stdout.write(json.dumps({"error": refusal}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        self.note(f"segue-server: {detail.rstrip('.')}. {remedy}".rstrip())


def _sendable(text: str) -> str:
    """Names of files need not be text: bytes that are none are written as `\\udcNN`, which JSON
    reads back as what it was."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class ProgressBar:
    """One line that is drawn again and again, on a terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._drawn_at = 0.0
        self._width = 0

    def __call__(self, done: int, total: int, name: str) -> None:
        """Show that so many of so many files are done."""
        now = time.monotonic()
        if not self._shown or (done < total and now - self._drawn_at < _REDRAW_S):
            return
        self._drawn_at = now
        filled = _BAR * done // max(total, 1)
        bar = "█" * filled + "░" * (_BAR - filled)
        line = f"{bar} {done:,}/{total:,}  {printable(name.rsplit('/', 1)[-1])[:40]}"
        sys.stderr.write(f"\r{line.ljust(self._width)}")
        sys.stderr.flush()
        self._width = len(line)

    def close(self) -> None:
        """Leave the line."""
        if self._width:
            sys.stderr.write("\n")
            sys.stderr.flush()


def printable(text: str) -> str:
    """A file name or the like without what would steer the terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)
