"""What a user does with one or many entries, as operations."""

from collections.abc import Collection, Iterable

from sync.ot.model import Entry, Insert, Move, Operation, Playlist, Remove


def insert(gap: int, entries: Iterable[Entry]) -> Operation:
    """Put new entries into a gap, in this order."""
    return tuple(Insert(at, entry.id, entry.track) for at, entry in enumerate(entries, gap))


def remove(playlist: Playlist, entries: Collection[str]) -> Operation:
    """Take out the entries of these ids; those that are no longer there are passed over."""
    return tuple(Remove(at) for at in reversed(_places(playlist, entries)))


def move(playlist: Playlist, entries: Collection[str], gap: int) -> Operation:
    """Bring the entries of these ids together in a gap of the list as it is, in their order."""
    places = _places(playlist, entries)
    ahead = [at for at in places if at < gap]
    behind = [at for at in places if at >= gap]
    forward = [Move(at, gap - done) for done, at in enumerate(reversed(ahead))]
    backward = [Move(at, gap + done) for done, at in enumerate(behind)]
    return tuple(step for step in (*forward, *backward) if not step.stays)


def _places(playlist: Playlist, entries: Collection[str]) -> list[int]:
    chosen = frozenset(entries)
    return [at for at, entry in enumerate(playlist.items) if entry.id in chosen]
