"""The queue: sections, shuffle that remembers, repeat, undo, and size."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from player.playback.queue import PlayQueue

ALBUM = [f"t{n}" for n in range(8)]


def tracks(queue):
    return [row.track_id for row in queue.rows(0, len(queue))]


def entry_of(queue, track):
    return next(row.entry for row in queue.rows(0, len(queue)) if row.track_id == track)


def make(start=2, seed=1):
    queue = PlayQueue(Random(seed))
    queue.play(ALBUM, start=start, reason="from the album Eight")
    return queue


def test_sections_and_reasons():
    queue = make()
    queue.add(["mine"])
    queue.add(["first"], where="next")
    rows = queue.rows(0, 20)
    assert [row.section for row in rows] == ["played"] * 2 + ["now"] + ["yours"] * 2 + [
        "context"
    ] * 5
    assert [row.track_id for row in rows[3:5]] == ["first", "mine"]
    assert {row.reason for row in rows} == {
        "from the album Eight",
        "you added it",
        "you play it next",
    }


def test_add_end_goes_behind_the_other_entries_of_mine():
    queue = make()
    queue.add(["a", "b"])
    queue.add(["c"])
    queue.add(["x"], where="next")
    assert tracks(queue)[3:7] == ["x", "a", "b", "c"]


def test_playing_something_else_keeps_my_entries():
    queue = make()
    queue.add(["mine"])
    queue.play(["n0", "n1"], start=0)
    assert tracks(queue) == ["n0", "mine", "n1"]


def test_advance_skip_and_back():
    queue = make(start=6)
    assert queue.track_of(queue.advance()) == "t7"
    assert queue.advance() is None
    assert queue.track_of(queue.current) == "t7"
    assert queue.track_of(queue.back()) == "t6"
    assert queue.track_of(queue.rewind()) == "t0"
    assert queue.back() is None


def test_repeat():
    queue = make(start=7)
    queue.set_repeat("one")
    assert queue.upcoming(2) == [queue.current] * 2
    assert queue.track_of(queue.advance()) == "t7"
    queue.set_repeat("all")
    assert [queue.track_of(e) for e in queue.upcoming(3)] == ["t0", "t1", "t2"]
    assert queue.track_of(queue.skip()) == "t0"
    assert queue.track_of(queue.back()) == "t7"


def test_repeat_all_of_one_track_announces_itself():
    queue = PlayQueue()
    queue.play(["only"])
    queue.set_repeat("all")
    assert queue.upcoming(3) == [queue.current] * 3


def test_shuffle_keeps_the_current_entry_and_restores_the_order():
    queue = make()
    queue.add(["mine"])
    before = tracks(queue)
    current = queue.current
    queue.set_shuffle(on=True)
    assert queue.current == current
    assert tracks(queue)[0] == "t2", "what was not heard is to come"
    assert tracks(queue)[1] == "mine"
    assert sorted(tracks(queue)) == sorted(before)
    queue.set_shuffle(on=False)
    assert queue.current == current
    assert tracks(queue) == before


def test_what_was_heard_stays_behind_when_shuffling():
    queue = make(start=0)
    queue.advance()
    queue.advance()
    queue.set_shuffle(on=True)
    assert tracks(queue)[:3] == ["t0", "t1", "t2"]


def test_shuffled_play_without_a_start_begins_anywhere():
    starts = set()
    for seed in range(20):
        queue = PlayQueue(Random(seed))
        queue.set_shuffle(on=True)
        starts.add(queue.track_of(queue.play(ALBUM, start=None)))
    assert len(starts) > 3


def test_turning_shuffle_off_keeps_what_was_added_meanwhile():
    queue = make(start=0)
    queue.set_shuffle(on=True)
    queue.skip()
    queue.add(["mine"])
    queue.set_shuffle(on=False)
    order = tracks(queue)
    assert [track for track in order if track != "mine"] == ALBUM
    assert order[queue.index + 1] == "mine"


def test_jump_over_my_entries_keeps_them_next():
    queue = make()
    queue.add(["mine"])
    queue.jump(entry_of(queue, "t5"))
    assert tracks(queue) == ["t0", "t1", "t2", "t3", "t4", "t5", "mine", "t6", "t7"]
    with pytest.raises(KeyError):
        queue.jump("e999")
    with pytest.raises(KeyError):
        queue.jump("nonsense")


def test_move_into_mine_makes_it_mine():
    queue = make()
    queue.add(["a", "b"])
    queue.move(entry_of(queue, "t7"), 4)
    rows = queue.rows(3, 3)
    assert [row.track_id for row in rows] == ["a", "t7", "b"]
    assert {row.section for row in rows} == {"yours"}


def test_move_across_the_current_entry():
    queue = make()
    current = queue.current
    queue.move(entry_of(queue, "t0"), 7)
    assert queue.current == current
    assert queue.index == 1
    queue.move(current, 0)
    assert queue.current == current
    assert queue.index == 0


def test_remove_the_current_entry_makes_the_following_current():
    queue = make()
    assert queue.remove([queue.current, entry_of(queue, "t0")])
    assert queue.track_of(queue.current) == "t3"
    assert not queue.remove(["e12345"])
    assert queue.remove([row.entry for row in queue.rows(0, 99)])
    assert queue.current is None
    assert queue.upcoming(3) == []


def test_clear_keeps_what_plays():
    queue = make()
    queue.clear()
    assert tracks(queue) == ["t2"]
    assert queue.undo() is False
    assert tracks(queue) == ALBUM


def test_undo_of_remove_brings_it_back_and_playback_goes_on():
    queue = make()
    queue.remove([queue.current])
    playing = queue.current
    assert queue.undo() is False
    assert tracks(queue) == ALBUM
    assert queue.current == playing


def test_undo_of_play_goes_back_to_the_old_queue():
    queue = make()
    queue.play(["n0"])
    assert queue.undo() is True
    assert tracks(queue) == ALBUM
    assert queue.track_of(queue.current) == "t2"
    assert queue.undo() is True
    assert queue.undo() is None


def test_undo_across_a_change_of_shuffle_keeps_the_shuffle():
    queue = make()
    queue.remove([entry_of(queue, "t5")])
    queue.set_shuffle(on=True)
    queue.undo()
    assert queue.shuffle
    queue.set_shuffle(on=False)
    assert tracks(queue) == ALBUM


def test_saved_and_restored():
    queue = make()
    queue.add(["mine"])
    queue.set_shuffle(on=True)
    queue.set_repeat("all")
    copy = PlayQueue.restored(json.loads(json.dumps(queue.saved())))
    assert copy.rows(0, 99) == queue.rows(0, 99)
    assert (copy.current, copy.shuffle, copy.repeat) == (queue.current, True, "all")
    copy.set_shuffle(on=False)
    queue.set_shuffle(on=False)
    assert tracks(copy) == tracks(queue)
    assert copy.add(["later"]) == queue.add(["later"])


@pytest.mark.parametrize("damage", [{"index": 99}, {"repeat": "maybe"}, {"tracks": []}])
def test_a_damaged_save_is_refused(damage):
    with pytest.raises(ValueError, match=r".+"):
        PlayQueue.restored(make().saved() | damage)


def test_nothing_to_play_is_refused():
    queue = PlayQueue()
    with pytest.raises(ValueError, match="nothing"):
        queue.play([])
    with pytest.raises(ValueError, match="no track"):
        queue.play(["a"], start=1)
    assert queue.add([]) == []
    assert queue.skip() is None
    assert queue.rewind() is None


def test_adding_to_an_empty_queue_makes_the_first_current():
    queue = PlayQueue()
    queue.add(["a", "b"])
    assert queue.track_of(queue.current) == "a"


def test_memory_of_undo_is_bounded():
    queue = PlayQueue(Random(1))
    for round_number in range(40):
        queue.play([f"r{round_number}-{n}" for n in range(100_000)], start=50_000)
    queue.set_shuffle(on=True)
    queue.set_shuffle(on=False)
    assert len(queue.saved()["entries"]) == 100_000
    assert sum(len(step.order) for step in queue._undo) <= 1_000_000
    assert len(queue._books.tracks) <= 2_300_000


class QueueMachine(RuleBasedStateMachine):
    """Random sessions: nothing is lost or doubled, and the current entry is in the list."""

    def __init__(self):
        super().__init__()
        self.queue = PlayQueue(Random(5))
        self.count = 0

    def fresh(self, n):
        self.count += n
        return [f"x{self.count - k}" for k in range(n)]

    def some(self, place):
        rows = self.queue.rows(0, len(self.queue))
        return rows[place % len(rows)].entry if rows else None

    @rule(n=st.integers(1, 6), start=st.integers(0, 5))
    def play(self, n, start):
        self.queue.play(self.fresh(n), start=min(start, n - 1))

    @rule(n=st.integers(0, 3), where=st.sampled_from(["next", "end"]))
    def add(self, n, where):
        before = len(self.queue)
        self.queue.add(self.fresh(n), where=where)
        assert len(self.queue) == before + n

    @rule(place=st.integers(0, 50), to=st.integers(-3, 50))
    def move(self, place, to):
        entry = self.some(place)
        if entry:
            before, current = sorted(tracks(self.queue)), self.queue.current
            self.queue.move(entry, to)
            assert sorted(tracks(self.queue)) == before
            assert self.queue.current == current

    @rule(place=st.integers(0, 50), many=st.integers(1, 3))
    def remove(self, place, many):
        entries = {self.some(place + k) for k in range(many)} - {None}
        before = len(self.queue)
        self.queue.remove(sorted(entries))
        assert len(self.queue) == before - len(entries)

    @rule(place=st.integers(0, 50))
    def jump(self, place):
        entry = self.some(place)
        if entry:
            before = sorted(tracks(self.queue))
            self.queue.jump(entry)
            assert self.queue.current == entry
            assert sorted(tracks(self.queue)) == before

    @rule(on=st.booleans())
    def shuffle(self, on):
        before, current = sorted(tracks(self.queue)), self.queue.current
        self.queue.set_shuffle(on)
        assert sorted(tracks(self.queue)) == before
        assert self.queue.current == current

    @rule(step=st.sampled_from(["advance", "skip", "back", "clear", "undo", "rewind"]))
    def step(self, step):
        getattr(self.queue, step)()

    @rule(mode=st.sampled_from(["off", "all", "one"]))
    def repeat(self, mode):
        self.queue.set_repeat(mode)

    @invariant()
    def sound(self):
        queue = self.queue
        entries = [row.entry for row in queue.rows(0, len(queue) + 5)]
        assert len(entries) == len(set(entries)) == len(queue)
        assert (queue.current is None) == (not entries)
        if entries:
            assert entries[queue.index] == queue.current
        if queue.shuffle and queue._natural:
            assert set(queue._natural) <= {int(entry[1:]) for entry in entries}
        copy = PlayQueue.restored(queue.saved())
        assert copy.rows(0, 99) == queue.rows(0, 99)


QueueMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestQueueMachine = QueueMachine.TestCase


@given(st.integers(0, 7), st.integers(0, 100))
def test_shuffle_and_back_is_nothing(start, seed):
    queue = make(start=start, seed=seed)
    queue.set_shuffle(on=True)
    queue.set_shuffle(on=False)
    assert tracks(queue) == ALBUM
    assert queue.index == start
