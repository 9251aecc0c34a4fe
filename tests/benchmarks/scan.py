"""Cost of importing 10,000 tagged files and of looking at them again.

Beside it, in the same run, the floor: mutagen alone opening the same files. Times on a shared
machine differ by half from run to run; the ratio of the two does not.
"""

import asyncio
import resource
import tempfile
import time
from pathlib import Path

from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from server_stub.catalog.service import Importer
from server_stub.engines.embedded.scan_folders import LocalFolders
from server_stub.engines.embedded.tags_reader import MutagenReader
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.database import Database
from server_stub.kernel.clock import SystemClock
from tests.server_stub.catalog import music

TRACKS = 10_000
ALBUM = 12
READERS = {".ogg": OggVorbis, ".flac": FLAC, ".mp3": MP3, ".m4a": MP4, ".opus": OggOpus}
KINDS = tuple(READERS)
PUBLISHED = (("Navidrome", "0.39", "-"), ("gonic", "2.40", "0.15"))


def make_library(root: Path, count: int = TRACKS) -> None:
    """Copies of one short sound per format, each with tags of its own."""
    for number in range(count):
        album, track = divmod(number, ALBUM)
        music.write(
            root
            / f"Artist {album % 400:03}"
            / f"Album {album:04}"
            / (f"{track + 1:02} - Song {number}{KINDS[album % len(KINDS)]}"),
            title=f"Song {number} of the Northern Lights",
            artist=f"Artist {album % 400:03}",
            albumartist=f"Artist {album % 400:03}",
            album=f"Album {album:04}",
            tracknumber=f"{track + 1}/{ALBUM}",
            date=str(1970 + album % 50),
            genre=("Rock", "Jazz", "Ambient", "Folk")[album % 4],
        )


async def _pass(importer: Importer, root: Path) -> tuple[float, float, str]:
    """CPU seconds, wall seconds and what happened."""
    cpu, wall = _cpu(), time.monotonic()
    done = await importer.run([root])
    what = f"{done.added} added, {done.updated} updated, {len(done.failed)} failed"
    return _cpu() - cpu, time.monotonic() - wall, what


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _floor(root: Path) -> float:
    """CPU seconds in which mutagen alone opens every file."""
    paths = [file.path for file in LocalFolders().walk(str(root)).files]
    cpu = _cpu()
    for path in paths:
        with Path(path).open("rb") as stream:
            READERS[Path(path).suffix](stream)
    return _cpu() - cpu


async def _measure(folder: Path) -> None:
    root = folder / "music"
    await asyncio.to_thread(make_library, root)
    database = Database.at(folder / "segue.db")
    database.migrate()
    importer = Importer(RelationalImports(database), MutagenReader(), LocalFolders(), SystemClock())
    first = 0.0
    for name in ("first import", "unchanged rescan"):
        cpu, wall, what = await _pass(importer, root)
        first = first or cpu
        print(f"Segue {name}: {cpu / TRACKS * 1000:.3f} ms CPU a track, {wall:.1f} s ({what})")
    floor = await asyncio.to_thread(_floor, root)
    print(f"mutagen alone: {floor / TRACKS * 1000:.3f} ms CPU a track")
    print(f"first import: {first / floor:.1f} times mutagen alone")
    database.close()
    for server, first, again in PUBLISHED:
        print(f"{server}, measured elsewhere: first {first}, rescan {again} ms CPU a track")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder)))


if __name__ == "__main__":
    main()
