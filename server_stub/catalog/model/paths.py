"""What file and folder names tell when tags are silent."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from server_stub.catalog.model.text import clean

_NUMBERED = re.compile(r"^(?:(\d{1,2})[-.])?(\d{1,3})(?:\s*[-.)_]\s*|\s+)(?=\S)(.+)$")
_DISC_FOLDER = re.compile(r"^(?:cd|dis[ck]|dvd|vinyl)[\s_.-]*(\d{1,2})(?:\b.*)?$", re.I)
_YEAR_AROUND = re.compile(
    r"^[\[(]?([12]\d{3})[\])]?\s*[-_.]?\s+(?=\S)|\s*[\[(]([12]\d{3})[\])]\s*$"
)

UNKNOWN_ARTIST = "Unknown Artist"
UNKNOWN_ALBUM = "Unknown Album"


@dataclass(frozen=True, slots=True)
class PathNames:
    """Guesses from a path; a guess that cannot be made is empty."""

    title: str
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    disc: int = 0
    number: int = 0
    year: int | None = None


def disc_folder(name: str) -> int:
    """2 for `CD 2` or `Disc 2 - Live`; 0 for any other folder."""
    match = _DISC_FOLDER.match(name)
    return int(match.group(1)) if match else 0


def album_folder(path: str) -> str:
    """The folder of the album that a file lies in, above the folder of its disc if it has one."""
    folder, _slash, _name = path.rpartition("/")
    above, _slash, last = folder.rpartition("/")
    return above if disc_folder(last) else folder


def disc_from(path: str) -> int:
    """The disc that a file's folder or the beginning of its name (`2-03 Title`) tells; else 0."""
    folder, _slash, name = path.rpartition("/")
    disc = disc_folder(folder.rpartition("/")[2])
    if disc or not name[:1].isdigit():
        return disc
    match = _NUMBERED.match(name)
    return int(match.group(1) or 0) if match else 0


def names_from(path: str, root: str) -> PathNames:
    """Read `Artist/Album/CD 1/02 - Title.ogg` below a root.

    The root's own name counts only for files right inside it; folders above it say nothing.
    """
    parts, above = PurePath(path).parent.parts, len(PurePath(root).parts)
    folders = list(parts[above:] or parts[-1:])
    disc = disc_folder(folders[-1]) if folders else 0
    if disc:
        folders.pop()
    album, year, owner = _album_folder(clean(folders[-1])) if folders else ("", None, "")
    if len(folders) > 1 and not owner:
        owner = clean(folders[-2])
    title, number, numbered_disc = _numbered(clean(PurePath(path).stem.replace("_", " ")))
    artist = owner
    if " - " in title:
        performer, rest = (part.strip() for part in title.split(" - ", 1))
        if performer and rest:
            artist, title = performer, rest
    return PathNames(title, artist, album, owner, disc or numbered_disc, number, year)


def _numbered(stem: str) -> tuple[str, int, int]:
    match = _NUMBERED.match(stem)
    if match is None:
        return stem, 0, 0
    disc, number, title = match.groups()
    return title, int(number), int(disc or 0)


def _album_folder(name: str) -> tuple[str, int | None, str]:
    """Album, year and artist of `1997 - Album`, `Album (1997)` or `Artist - Album`."""
    match = _YEAR_AROUND.search(name)
    year = int(match.group(1) or match.group(2)) if match else None
    if match:
        name = (name[: match.start()] + name[match.end() :]).strip() or name
    owner, dash, album = name.partition(" - ")
    return (album.strip(), year, owner.strip()) if dash and album.strip() else (name, year, "")
