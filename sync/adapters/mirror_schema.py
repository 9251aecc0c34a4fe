"""The mirror's tables: per kind one of rows (with sort keys), one of plain text and its index."""

from sync.matching import plain, sort_key
from sync.ports import Entity
from sync.wire.catalog import Album, Artist, EntityKind, Track

VERSION = 1
KINDS: tuple[EntityKind, ...] = ("track", "album", "artist")

COLUMNS: dict[EntityKind, tuple[str, ...]] = {
    "track": ("title", "artist", "album", "album_id", "disc", "number", "year", "added",
              "duration"),
    "album": ("title", "artist", "year", "added", "duration"),
    "artist": ("title",),
}  # fmt: skip

SORTS: dict[EntityKind, dict[str, str]] = {
    "track": {
        "default": "artist, album, disc, number",
        "title": "title, artist",
        "artist": "artist, album, disc, number",
        "album": "album, album_id, disc, number",
        "added": "added DESC, artist, album, disc, number",
        "year": "year, artist, album, disc, number",
        "duration": "duration",
    },
    "album": {
        "default": "artist, year, title",
        "title": "title",
        "artist": "artist, year, title",
        "album": "title",
        "added": "added DESC, title",
        "year": "year, title",
        "duration": "duration",
    },
    "artist": dict.fromkeys(
        ("default", "title", "artist", "album", "added", "year", "duration"), "title"
    ),
}

ON_ALBUM = "disc, number, title"


def statements() -> list[str]:
    """Everything that makes an empty mirror."""
    made = ["CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID"]
    for kind in KINDS:
        columns = ", ".join(COLUMNS[kind])
        made += [
            f"CREATE TABLE {kind} (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
            f" {columns}, body BLOB NOT NULL)",
            f"CREATE TABLE {kind}_text (row INTEGER PRIMARY KEY, text TEXT NOT NULL)",
            f"CREATE VIRTUAL TABLE {kind}_index USING fts5(text, content='{kind}_text',"
            " content_rowid='row', tokenize='trigram')",
            f"CREATE VIRTUAL TABLE {kind}_terms USING fts5vocab('{kind}_index', 'row')",
        ]
        for number, order in enumerate(sorted(set(SORTS[kind].values()))):
            made.append(f"CREATE INDEX {kind}_sort_{number} ON {kind} ({order}, row)")
        if kind != "artist":
            made += [
                f"CREATE TABLE {kind}_artist (artist_id TEXT, row INTEGER,"
                " PRIMARY KEY (artist_id, row)) WITHOUT ROWID",
                f"CREATE INDEX {kind}_artist_row ON {kind}_artist (row)",
            ]
    made.append("CREATE INDEX track_album ON track (album_id)")
    return made


def values_of(entity: Entity) -> tuple[object, ...]:
    """The sort keys of an entity, in the order of COLUMNS."""
    if isinstance(entity, Artist):
        return (sort_key(entity.name),)
    artist = sort_key(entity.artists[0].name) if entity.artists else ""
    title = sort_key(entity.title)
    if isinstance(entity, Album):
        return (title, artist, entity.year, entity.added_at, entity.duration_ms)
    return (
        title,
        artist,
        sort_key(entity.album.title),
        entity.album.id,
        entity.disc,
        entity.number,
        entity.year,
        entity.added_at,
        entity.duration_ms,
    )


def text_of(entity: Entity) -> str:
    """What an entity is found by: a field a line, the title first, spaces around each word."""
    if isinstance(entity, Artist):
        return f" {plain(entity.name)} "
    artists = plain(" ".join(artist.name for artist in entity.artists))
    if isinstance(entity, Track):
        return f" {plain(entity.title)} \n {artists} \n {plain(entity.album.title)} "
    return f" {plain(entity.title)} \n {artists} "


def artist_ids(entity: Entity) -> tuple[str, ...]:
    """Who made it."""
    return () if isinstance(entity, Artist) else tuple(artist.id for artist in entity.artists)
