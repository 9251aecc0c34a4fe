"""Which album a file is part of that names an album but no album artist.

Its neighbours decide: the files of the same folder (discs are one folder) with the same album name.
If some of them do name an album artist, and all the same one, it is theirs; if none does and they
differ in their artist, they are a compilation; else it is its own artist's.
"""

from dataclasses import dataclass, field

from server_stub.catalog.model.entries import VARIOUS_ARTISTS, AlbumEntry, Credit


@dataclass(slots=True)
class Neighbours:
    """What the files of one folder say of one album name."""

    owned: dict[str, AlbumEntry] = field(default_factory=dict)
    """By key: albums of those that name an album artist."""
    lone: set[str] = field(default_factory=set)
    """Artists of those that do not, by key."""

    def home(self, own: AlbumEntry) -> AlbumEntry:
        """Where one of those without album artist belongs, whose own artist's album is `own`."""
        if len(self.owned) == 1:
            return next(iter(self.owned.values()))
        if len(self.lone) > 1:
            return compilation_of(own.title, own.release_mbid)
        return own


def compilation_of(title: str, release_mbid: str | None) -> AlbumEntry:
    """An album of several artists."""
    return AlbumEntry(title, (Credit(VARIOUS_ARTISTS),), release_mbid, compilation=True)
