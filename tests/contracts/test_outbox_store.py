"""One suite for every place an outbox can keep its intents."""

import pytest

from sync.adapters.outbox_memory import MemoryOutboxStore
from sync.adapters.outbox_sqlite import SqliteOutboxStore
from sync.outbox.model import Pending
from sync.wire.intents import Intent, Verdicts


@pytest.fixture(params=["sqlite", "memory"])
def store(request, tmp_path):
    made = (
        SqliteOutboxStore(tmp_path / "state" / "outbox.db")
        if request.param == "sqlite"
        else MemoryOutboxStore()
    )
    yield made
    made.close()


def intent(name, key="track:a"):
    return Intent(
        id=name, kind="liked", key=key, at_ms=1_700_000_000_000, body={"n": 1, "titles": ["ä", "b"]}
    )


def ids(intents):
    return [one.id for one in intents]


def test_intents_come_back_whole_and_in_order(store):
    kept = [intent(name, key=f"track:{name}") for name in "cab"]
    store.add(kept)
    assert store.due(10) == kept
    assert ids(store.due(2)) == ["c", "a"]
    assert store.pending() == Pending(waiting=3, refused=0)


def test_those_of_a_kind_are_listed_refused_or_not(store):
    other = Intent(kind="played", key="track:a", at_ms=0)
    store.add([intent("1"), other, intent("2")])
    store.settle(Verdicts(refused={"2": "no"}))
    assert ids(store.of_kind("liked")) == ["1", "2"]
    assert store.of_kind("played") == [other]


def test_an_id_is_kept_once(store):
    store.add([intent("a"), intent("a", key="other")])
    store.add([intent("a", key="another")])
    assert store.due(10) == [intent("a")]


def test_what_was_applied_is_forgotten(store):
    store.add([intent("a"), intent("b")])
    store.settle(Verdicts(applied=frozenset({"a", "unknown"})))
    assert ids(store.due(10)) == ["b"]


def test_a_refused_one_holds_the_later_ones_of_its_key_only(store):
    store.add([intent("0"), intent("1"), intent("2", key="track:b"), intent("3")])
    store.settle(Verdicts(applied=frozenset({"0"}), refused={"1": "it is gone", "nobody": "?"}))
    assert ids(store.due(10)) == ["2"]
    assert [(r.intent, r.reason) for r in store.refusals()] == [(intent("1"), "it is gone")]
    assert store.pending() == Pending(waiting=2, refused=1)


def test_a_refused_one_goes_again_in_its_old_place(store):
    store.add([intent("1"), intent("2")])
    store.settle(Verdicts(refused={"1": "not now"}))
    assert store.retry("1")
    assert not store.retry("1")
    assert not store.retry("unknown")
    assert ids(store.due(10)) == ["1", "2"]
    assert store.refusals() == []


def test_a_refused_one_can_be_dropped_and_lets_the_others_go(store):
    store.add([intent("1"), intent("2")])
    assert not store.drop("1"), "it is not refused: it is on its way"
    store.settle(Verdicts(refused={"1": "never"}))
    assert store.drop("1")
    assert not store.drop("1")
    assert ids(store.due(10)) == ["2"]
    assert store.pending() == Pending(waiting=1, refused=0)
