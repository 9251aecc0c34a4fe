"""Heads of albums and artists in words."""

from player.styles.text import clean, count, span
from player.widgets.album_card import Card
from player.widgets.painters import names
from sync.wire.catalog import Album, Artist

_BUTTONS = (("Play", "enter", "play_album"), ("Queue", "e", "queue_album"))


def album_card(album: Album) -> Card:
    """The head of an album."""
    parts = [str(album.year)] if album.year else []
    parts += [count(album.track_count, "track"), span(album.duration_ms)]
    if album.label:
        parts.append(clean(album.label))
    return Card(
        key=album.id,
        cover=album.cover,
        overline="COMPILATION" if album.compilation else "ALBUM",
        title=clean(album.title),
        second=names(album.artists),
        figures=" · ".join(parts),
        buttons=_BUTTONS,
    )


def artist_card(artist: Artist) -> Card:
    """The head of an artist."""
    return Card(
        key=artist.id,
        cover=artist.cover,
        overline="ARTIST",
        title=clean(artist.name),
        second="",
        figures=f"{count(artist.album_count, 'album')} · {count(artist.track_count, 'track')}",
        buttons=(("Play", "enter", "play_album"), ("Queue", "e", "queue_album")),
    )
