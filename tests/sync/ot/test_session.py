"""The client's half and the server's half, step by step."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ot import edits
from sync.ot import session as session_module
from sync.ot.applying import apply, invert
from sync.ot.errors import HistoryTrimmedError, InvalidOperationError, MissingRevisionsError
from sync.ot.history import History, Revision, Snapshot, Submission
from sync.ot.model import Entry, Insert, Move, Operation, Playlist, Remove, Rename
from sync.ot.session import Kept, Session
from tests.sync.ot.generating import Author

BASE = Snapshot(7, Playlist("list", tuple(Entry(c, f"t{c}") for c in "abc")), {})
seeds = st.integers(0, 2**32)


@pytest.fixture
def history():
    return History(BASE)


def start(name):
    return Session.start(name, BASE)


def ids(thing):
    return "".join(entry.id for entry in thing.playlist.items)


def exchange(session, history):
    """Send and fetch until all is said."""
    while True:
        submission = session.outgoing()
        if submission is not None:
            history.submit(submission)
        session.receive(history.since(session.revision))
        if session.settled:
            return


def add(entry, gap):
    return (Insert(gap, entry, f"t{entry}"),)


def test_an_edit_shows_at_once_and_is_numbered_by_the_server(history):
    mine = start("me")
    mine.edit(add("x", 3))
    assert ids(mine) == "abcx"
    assert not mine.settled
    submission = mine.outgoing()
    assert submission == Submission("me", 1, 7, add("x", 3))
    revision = history.submit(submission, author="u1", at=5)
    assert revision == Revision(
        number=8, client="me", sequence=1, operation=add("x", 3), author="u1", at=5
    )
    assert mine.receive([revision]) == ()
    assert mine.settled
    assert mine.outgoing() is None
    assert mine.revision == history.revision == 8
    assert mine.playlist == history.playlist


def test_one_operation_is_in_flight_and_the_rest_waits(history):
    mine = start("me")
    mine.edit(add("x", 3))
    first = mine.outgoing()
    mine.edit(add("y", 0))
    mine.edit((Remove(1),))
    assert mine.outgoing() == first
    history.submit(first)
    mine.receive(history.since(7))
    assert mine.outgoing() == Submission("me", 2, 8, (*add("y", 0), Remove(1)))


def test_a_resent_operation_is_applied_once(history):
    mine = start("me")
    mine.edit(add("x", 3))
    assert history.submit(mine.outgoing()) is not None
    assert history.submit(mine.outgoing()) is None
    restarted = History(BASE, history.since(7))
    assert restarted.submit(mine.outgoing()) is None
    assert restarted.playlist == history.playlist
    from_snapshot = History(history.snapshot())
    assert from_snapshot.submit(mine.outgoing()) is None


def test_a_resent_operation_follows_what_others_did_meanwhile(history):
    mine, yours = start("me"), start("you")
    mine.edit(add("x", 3))
    mine.outgoing()
    yours.edit((Remove(0),))
    exchange(yours, history)
    assert mine.receive(history.since(7)) == (Remove(0),)
    assert mine.outgoing() == Submission("me", 1, 8, add("x", 2))


def test_what_was_added_to_one_place_stands_in_two_runs(history):
    sessions = {"xyz": start("me"), "XYZ": start("you")}
    for at in range(3):
        for entries, session in sessions.items():
            session.edit(add(entries[at], 3 + at))
            session.outgoing()
    for session in [*sessions.values()] * 2:
        history.submit(session.outgoing())
        session.receive(history.since(session.revision))
    for session in [*sessions.values()] * 2:
        exchange(session, history)
        assert ids(session) == ids(history) == "abcXYZxyz"


def test_the_last_name_stays(history):
    mine, yours = start("me"), start("you")
    mine.edit((Rename("mine"),))
    yours.edit((Rename("yours"),))
    exchange(mine, history)
    exchange(yours, history)
    exchange(mine, history)
    assert {mine.playlist.name, yours.playlist.name, history.playlist.name} == {"yours"}


def test_known_revisions_are_passed_over_and_holes_are_refused(history):
    mine, yours = start("me"), start("you")
    for entry in "xy":
        yours.edit(add(entry, 0))
        exchange(yours, history)
    with pytest.raises(MissingRevisionsError) as caught:
        mine.receive(history.since(8))
    assert caught.value.after == 7
    assert ids(mine) == "abc"
    mine.receive(history.since(7)[:1])
    mine.receive(history.since(7))
    mine.receive(history.since(7))
    assert ids(mine) == "yxabc"


def test_an_edit_that_does_not_fit_changes_nothing():
    mine = start("me")
    for operation in ((Remove(0), Remove(2)), add("a", 0)):
        with pytest.raises(InvalidOperationError):
            mine.edit(operation)
    assert ids(mine) == "abc"
    assert mine.settled
    assert mine.undo() == ()


def test_the_server_refuses_what_does_not_fit_and_changes_nothing(history):
    for operation in ((Remove(3),), add("b", 0), (Move(0, 4),)):
        with pytest.raises(InvalidOperationError):
            history.submit(Submission("me", 1, 7, operation))
    assert history.revision == 7
    assert history.submit(Submission("me", 1, 7, (Remove(2),))) is not None


def test_the_server_refuses_a_base_it_does_not_know(history):
    with pytest.raises(MissingRevisionsError):
        history.submit(Submission("me", 1, 8, (Remove(0),)))
    with pytest.raises(HistoryTrimmedError):
        history.since(6)
    with pytest.raises(MissingRevisionsError):
        History(BASE, [Revision(number=9, client="me", sequence=1, operation=())])


def test_undo_and_redo(history):
    mine = start("me")
    mine.edit(edits.remove(mine.playlist, "ab"))
    mine.edit((Move(0, 0), Rename("new")))
    assert mine.undo() == (Rename("list"),)
    mine.undo()
    assert ids(mine) == "abc"
    assert mine.undo() == ()
    mine.redo()
    assert ids(mine) == "c"
    mine.edit(add("x", 1))
    assert mine.redo() == ()
    exchange(mine, history)
    mine.undo()
    mine.undo()
    assert ids(mine) == "abc"
    exchange(mine, history)
    assert mine.playlist == history.playlist == BASE.playlist


def test_undo_leaves_what_others_have_changed_since(history):
    mine, yours = start("me"), start("you")
    mine.edit((Move(0, 3), Rename("mine")))
    exchange(mine, history)
    exchange(yours, history)
    yours.edit((Move(2, 1), Rename("yours")))
    exchange(yours, history)
    exchange(mine, history)
    assert mine.undo() == ()
    assert ids(mine) == "bac"


def test_undo_remembers_a_hundred_edits():
    mine = start("me")
    for number in range(session_module.UNDO_DEPTH + 20):
        mine.edit((Rename(str(number)),))
    while mine.undo():
        pass
    assert mine.playlist.name == "19"


@given(seeds)
def test_all_of_ones_edits_can_be_taken_back_through_those_of_another(seed):
    rng = random.Random(seed)
    history, mine, yours = History(BASE), start("me"), start("you")
    authors = {"me": Author(rng, "m"), "you": Author(rng, "y")}
    for _ in range(12):
        for session, name in ((mine, "me"), (yours, "you")):
            plain = {"name": "", "items": [[e.id, "t"] for e in session.playlist.items]}
            session.edit(msgspec.convert(authors[name].operation(plain, 3), Operation))
            if rng.random() < 0.5:
                exchange(session, history)
    for session in (mine, yours, mine):
        exchange(session, history)
    while mine.undo():
        pass
    exchange(mine, history)
    exchange(yours, history)
    assert mine.playlist == yours.playlist == history.playlist
    inserted = {"a", "b", "c", *_inserted(history, "you")}
    kept_by_you = inserted - set(_removed(history, "you"))
    present = {entry.id for entry in mine.playlist.items}
    assert kept_by_you <= present
    assert all(entry in "abc" or entry.startswith("y") for entry in present)


def _inserted(history, client):
    for revision in history.since(7):
        if revision.client == client:
            yield from _inserts(revision.operation)


def _removed(history, client):
    playlist = BASE.playlist
    for revision in history.since(7):
        if revision.client == client:
            yield from _inserts(invert(revision.operation, playlist))
        playlist = apply(playlist, revision.operation)


def _inserts(operation):
    return {component.entry for component in operation if isinstance(component, Insert)}


def test_a_session_goes_on_after_a_restart(history):
    mine, yours = start("me"), start("you")
    mine.edit(add("x", 1))
    mine.outgoing()
    mine.edit((Remove(0),))
    yours.edit(add("y", 3))
    exchange(yours, history)
    mine.receive(history.since(7))
    again = Session(msgspec.json.decode(msgspec.json.encode(mine.keep()), type=Kept))
    assert again.playlist == mine.playlist
    assert again.keep() == mine.keep()
    exchange(again, history)
    again.undo()
    assert ids(again) == "axbcy"


def test_an_operation_of_a_session_that_was_lost_counts_as_anothers(history):
    lost = start("me")
    lost.edit(add("x", 0))
    exchange(lost, history)
    mine = start("me")
    mine.edit(add("y", 3))
    assert mine.receive(history.since(7)) == add("x", 0)
    assert ids(mine) == "xabcy"
    exchange(mine, history)
    assert ids(history) == "xabcy"


@given(seeds)
def test_a_refused_operation_is_taken_back_and_later_edits_stay(seed):
    rng = random.Random(seed)
    author = Author(rng, "m")
    history, mine = History(BASE), start("me")

    def edit():
        plain = {"name": "", "items": [[e.id, "t"] for e in mine.playlist.items]}
        mine.edit(msgspec.convert(author.operation(plain, 3), Operation))

    assert mine.refused() == ()
    edit()
    mine.outgoing()
    for _ in range(3):
        edit()
    before = mine.playlist
    change = mine.refused()
    assert apply(before, change) == mine.playlist
    later = mine.keep().waiting
    assert apply(BASE.playlist, later) == mine.playlist
    exchange(mine, history)
    while mine.undo():
        pass
    exchange(mine, history)
    assert mine.playlist == history.playlist
    assert {entry.id for entry in mine.playlist.items} == set("abc")


def test_after_a_gap_edits_go_on_from_a_snapshot(history):
    mine, late, yours = start("me"), start("late"), start("you")
    mine.edit(add("x", 0))
    late.edit(add("z", 3))
    mine.outgoing()
    history.submit(late.outgoing())
    late.edit((Remove(1),))
    for entry in "pqr":
        yours.edit(add(entry, 0))
        exchange(yours, history)
    history.trim(1)
    with pytest.raises(HistoryTrimmedError):
        history.submit(mine.outgoing())
    for session in (mine, late):
        before = session.playlist
        change = session.resume(history.snapshot())
        assert apply(before, change) == session.playlist
        exchange(session, history)
    mine.receive(history.since(mine.revision))
    assert mine.playlist == late.playlist == history.playlist
    assert sorted(ids(history)) == sorted("xpqrabcz".replace("b", ""))


def test_trimming_keeps_the_newest(history):
    mine = start("me")
    for entry in "xyz":
        mine.edit(add(entry, 0))
        exchange(mine, history)
    history.trim(2)
    assert [revision.number for revision in history.since(8)] == [9, 10]
    history.trim(5)
    assert history.since(8)
    assert history.revision == 10


def test_edits_of_any_length_are_sent_as_their_effect(history):
    mine, yours = start("me"), start("you")
    mine.edit(add("x", 1))
    mine.outgoing()
    for round_ in range(session_module.LONG + 10):
        mine.edit((Move(0, 4 if round_ % 2 else 2),))
    expected = ids(mine)
    assert len(mine.keep().waiting) < 20
    yours.edit(add("y", 0))
    exchange(yours, history)
    exchange(mine, history)
    assert ids(mine).replace("y", "") == expected
    assert mine.playlist == history.playlist
