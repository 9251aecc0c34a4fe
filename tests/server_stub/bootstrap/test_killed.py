"""An import whose process is killed in the middle, as the system does it."""

import json
import os
import sqlite3
import subprocess
import sys
import wave
from contextlib import closing, suppress

FILES = 1_200


def count(database):
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM tracks").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # not made yet


def test_a_killed_import_loses_and_doubles_nothing(tmp_path):
    music, data = tmp_path / "music", tmp_path / "data"
    for number in range(FILES):
        path = music / f"{number // 100:02}" / f"{number:04}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(os.fspath(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8_000)
            file.writeframes(number.to_bytes(2, "little") * 80)
    command = [sys.executable, "-m", "server_stub", "import", music, "--data", data, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    while process.poll() is None and not count(data / "segue.db"):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.kill()
    process.communicate()
    before = count(data / "segue.db")

    done = subprocess.run(command, capture_output=True, check=True)

    summary = json.loads(done.stdout)
    assert 0 < before <= FILES
    assert (summary["added"], summary["removed"], summary["failed"]) == (FILES - before, 0, [])
    with closing(sqlite3.connect(data / "segue.db")) as connection:
        paths = "SELECT count(*), count(DISTINCT path), count(DISTINCT track_id) FROM files"
        assert connection.execute(paths).fetchone() == (FILES, FILES, FILES)
        albums = "SELECT count(*), sum(track_count) FROM albums"
        assert connection.execute(albums).fetchone() == (FILES // 100, FILES)
