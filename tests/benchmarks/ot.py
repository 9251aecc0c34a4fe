"""Merging of playlists: how long it takes, and a search for violations of its laws.

`python -m tests.benchmarks ot` prints the figures after a short search; `python -m
tests.benchmarks.ot [PAIRS [GROUPS [SEED]]]` searches through a million random pairs of operations
and ten thousand groups of editors, or as many as are asked for. A violation ends it with the seed.
"""

import random
import sys
import time
from functools import partial
from itertools import product

import msgspec

from sync.ot import edits
from sync.ot.difference import difference
from sync.ot.history import History, Revision, Snapshot, Submission
from sync.ot.model import Entry, Operation, Playlist
from sync.ot.session import Session
from sync.ot.transform import transform
from tests.benchmarks.ot_plugin import PLAYLIST
from tests.sync.ot import laws
from tests.sync.ot.generating import Author, bringing_back, every_component, state_of
from tests.sync.ot.groups import Group, play

TRACKS = 10_000


def main() -> None:
    """Print the figures, after a short search."""
    search(pairs=5_000, groups=300)
    _print_speed()


def search(pairs: int, groups: int, seed: int = 1) -> None:
    """Raise at the first violation of a law."""
    _timed("every pair of components on up to four entries", _every_pair)
    _timed("every component beside every two, up to three entries", _every_triple)
    _timed("random pairs of operations, all laws", lambda: _random_pairs(pairs, seed))
    _timed("groups of editors", lambda: _groups(groups, seed))
    _timed("edits of five editors, 200 each", _five_editors)


def _timed(what, run) -> None:
    begin = time.process_time()
    print(f"{what}: {run():,} without a violation, {time.process_time() - begin:.1f} s", flush=True)


def _every_pair() -> int:
    checked, done = laws.Untouching(PLAYLIST), 0
    for count in range(5):
        state = state_of(count)
        for a, b in product(every_component(count, "a"), every_component(count, "b")):
            laws.check_pair(checked, state, [a], [b])
            laws.check_undo(checked, state, [a], [b])
            laws.check_both_undo(checked, state, [a], [b])
            done += 1
    return done


def _every_triple() -> int:
    done = 0
    for count in range(4):
        state = state_of(count)
        for a, c in product(every_component(count, "a"), every_component(count, "c")):
            for b in every_component(len(PLAYLIST.apply(state, [a])["items"]), "b"):
                laws.check_composition(PLAYLIST, state, [a], [b], [c])
                done += 1
    return done


def _random_pairs(pairs: int, seed: int) -> int:
    for number in range(seed, seed + pairs):
        try:
            _random_pair(random.Random(number))
        except Exception:
            print(f"seed {number}")
            raise
    return pairs


def _random_pair(rng: random.Random) -> None:
    state = state_of(rng.choice((0, 1, 2, 3, 4, 5, 8, 12)))
    most = rng.choice((1, 1, 2, 3, 6, 12))
    left, right = Author(rng, "a"), Author(rng, "b")
    a, b = left.operation(state, most), right.operation(state, most)
    laws.check_pair(PLAYLIST, state, a, b)
    laws.check_composition(PLAYLIST, state, a, left.operation(PLAYLIST.apply(state, a), most), b)
    laws.check_undo(PLAYLIST, state, a, b)
    laws.check_both_undo(PLAYLIST, state, a, b)
    a, b = bringing_back(rng, state, most), bringing_back(rng, state, most)
    laws.check_pair_converges(PLAYLIST, state, a, b, "left")


def _groups(groups: int, seed: int) -> int:
    for number in range(seed, seed + groups):
        try:
            play(number, steps=random.Random(number).choice((30, 60, 120)))
        except Exception:
            print(f"seed {number}")
            raise
    return groups


def _five_editors() -> int:
    group = Group(seed=1, editors=5)
    for _ in range(200):
        for editor in group.editors:
            group.edit(editor)
            for _ in range(3):
                group.step()
    group.settle()
    group.check()
    return 5 * 200


def _random_operation(seed: int, count: int, tag: str) -> Operation:
    author = Author(random.Random(seed), tag)
    author.habit = "mixed"
    plain = []
    length = TRACKS
    while len(plain) < count:
        component = author.component(length)
        length += {"ins": 1, "del": -1}.get(component["t"], 0)
        plain.append(component)
    return msgspec.convert(plain, Operation)


def _print_speed() -> None:
    entries = tuple(Entry(f"e{i}", f"t{i}") for i in range(TRACKS))
    base = Snapshot(0, Playlist("list", entries), {})
    for mine, theirs in ((500, 500), (500, 5_000)):
        a, b = _random_operation(1, mine, "a"), _random_operation(2, theirs, "b")
        seconds = _cpu(partial(transform, a, b, "left"))
        cell = seconds / mine / theirs * 1e9
        print(
            f"transform {mine} over {theirs:,} components: {seconds:.2f} s ({cell:.0f} ns a pair)"
        )
    _print_offline(base)
    session = Session.start("me", base)
    steps = {
        "edit, one move": lambda: session.edit(edits.move(session.playlist, ["e5"], 9_000)),
        "edit, 100 moved": lambda: session.edit(
            edits.move(session.playlist, [f"e{i}" for i in range(4_000, 4_100)], 10)
        ),
        "edit, 100 added": lambda: session.edit(
            edits.insert(5_000, [Entry(f"n{i}", "t") for i in range(100)])
        ),
        "undo": session.undo,
        "another's move arrives": lambda: session.receive([_revision(session)]),
        "sorted anew": lambda: session.edit(
            difference(session.playlist, _sorted(session.playlist))
        ),
    }
    for number in range(100):  # a full stack to undo
        session.edit(edits.move(session.playlist, [f"e{number}"], 9_000 - number))
    for what, step in steps.items():
        print(f"{TRACKS:,} tracks, {what}: {_cpu(step) * 1000:.1f} ms")


def _print_offline(base: Snapshot) -> None:
    """500 edits made offline meet what others have sent in the meantime, one revision each."""
    for theirs in (500, 5_000):
        history, mine = History(base), Session.start("me", base)
        for number, component in enumerate(_random_operation(3, theirs, "b")):
            history.submit(Submission("you", number, number, (component,)))
        for component in _random_operation(4, 500, "a"):
            mine.edit((component,))
        seconds = _cpu(partial(_come_back, mine, history))
        assert mine.playlist == history.playlist
        print(f"500 offline edits over {theirs:,} revisions, both halves: {seconds:.2f} s")


def _sorted(playlist: Playlist) -> Playlist:
    items = sorted(playlist.items, key=lambda entry: entry.id[::-1])
    return msgspec.structs.replace(playlist, items=tuple(items))


def _revision(session: Session) -> Revision:
    move = edits.move(session.playlist, ["e7"], 1)
    return Revision(number=session.revision + 1, client="you", sequence=1, operation=move)


def _come_back(session: Session, history: History) -> None:
    submission = session.outgoing()
    assert submission is not None
    history.submit(submission)
    session.receive(history.since(session.revision))


def _cpu(run) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


if __name__ == "__main__":
    counts = [int(argument) for argument in sys.argv[1:]]
    search(*(counts or [1_000_000]), *([10_000] if len(counts) < 2 else []))
