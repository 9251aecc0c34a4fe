"""`segue`: the terminal player, or one command. Only what is asked for is imported."""

import sys

from player.cli.main import guarded, run
from player.cli.parsing import engine_options
from player.cli.printing import Printer
from player.engine.home import Home


def main() -> int:
    """The exit code."""
    words = sys.argv[1:]
    if words[:1] == ["engine"]:
        return _engine(words[1:])
    if not _names_a_verb(words) and sys.stdin.isatty() and sys.stdout.isatty():
        return _player(words)
    return run(words)


def _names_a_verb(words: list[str]) -> bool:
    """Whether anything but `--sink X` and `--home X` was said."""
    return any(word not in ("--sink", "--home") for word in words[::2]) or len(words) % 2 == 1


def _player(words: list[str]) -> int:
    options: dict[str, str] = dict(zip(words[::2], words[1::2], strict=True))
    from player.bootstrap.views import run_tui  # the whole TUI

    home = Home.named(options["--home"]) if "--home" in options else Home.default()
    return run_tui(home, sink=options.get("--sink", ""))


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
