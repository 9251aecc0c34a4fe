"""`segue`: the terminal player, or one command. Only what is asked for is imported."""

import sys

from player.cli.main import guarded, run
from player.cli.printing import Printer
from player.engine.home import Home
from player.parsing import engine_options, view_options


def main() -> int:
    """The exit code."""
    words = sys.argv[1:]
    if words[:1] == ["engine"]:
        return _engine(words[1:])
    if sys.stdin.isatty() and sys.stdout.isatty():
        return guarded(lambda: _player(words), Printer(as_json=False))
    return run(words)


def _player(words: list[str]) -> int:
    options = view_options(words)
    if options is None:
        return run(words)
    from player.bootstrap.views import run_tui  # the whole TUI

    home = Home.named(options["home"]) if "home" in options else Home.default()
    return run_tui(
        home,
        sink=options.get("sink", ""),
        theme=options.get("theme", ""),
        plain="on" if options.get("plain") else "",
    )


def _engine(words: list[str]) -> int:
    def work() -> int:
        options = engine_options(words)
        from player.bootstrap.engine import run_engine  # the whole engine

        fd = options.get("ready-fd")
        return run_engine(
            Home.named(options["home"]) if "home" in options else Home.default(),
            sink=options.get("sink", ""),
            ready_fd=None if fd is None else int(fd),
        )

    return guarded(work, Printer(as_json=False))


if __name__ == "__main__":
    sys.exit(main())
