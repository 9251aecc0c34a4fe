"""Starting the engine as a background process. Standard library only."""

import json
import os
import subprocess
import sys
from pathlib import Path

from player.engine.home import Home
from player.errors import EngineStartError

_LAST_LINES = 2000


def start_engine(home: Home, *, sink: str = "") -> None:
    """Start an engine that outlives this process and wait until it answers.

    Harmless when one runs already: the new process notices and ends. Raises EngineStartError.
    """
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.log.parent.mkdir(exist_ok=True)
    ready, tell = os.pipe()
    command = [sys.executable, "-P", "-m", "player", "engine", "--ready-fd", str(tell)]
    if sink:
        command += ["--sink", sink]
    with os.fdopen(ready, "rb") as news, home.log.open("ab") as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(tell,),
                start_new_session=True,
                cwd="/",
                env={**os.environ, "SEGUE_HOME": str(home.root)},
            )
        finally:
            os.close(tell)
        line = news.readline()
    process.returncode = process.returncode or 0  # it is nobody's child to wait for
    _check(line, home.log)


def _check(line: bytes, log: Path) -> None:
    try:
        said = json.loads(line)
    except ValueError:
        raise EngineStartError(f"the engine did not start: {_last_line(log)}") from None
    if "error" in said:
        raise EngineStartError(str(said["error"]), remedy=str(said.get("remedy", "")))


def _last_line(log: Path) -> str:
    try:
        tail = log.read_bytes()[-_LAST_LINES:].decode(errors="replace").strip()
    except OSError:
        tail = ""
    return tail.splitlines()[-1] if tail else "it said nothing"
