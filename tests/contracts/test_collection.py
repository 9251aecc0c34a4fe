"""What every store of marks promises."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server_stub.engines.memory.collection import MemoryMarks
from server_stub.engines.relational.collection_store import RelationalMarks
from sync.wire.collection import Mark, MarkPage
from tests.engines_postgres import ADAPTERS


@pytest.fixture(params=ADAPTERS)
def marks(request, open_database):
    if request.param == "memory":
        return MemoryMarks()
    return RelationalMarks(open_database(request.param))


def liked(target, at_ms, value=1):
    return Mark(kind="liked", target=target, value=value, at_ms=at_ms)


async def test_marks_are_listed_newest_first(marks):
    await marks.put("ada", [liked("a", 1), liked("c", 3), liked("b", 2)])
    await marks.put("ada", [Mark(kind="saved", target="x", value=1, at_ms=9)])
    await marks.put("bob", [liked("z", 5)])
    assert [m.target for m in await marks.newest("ada", "liked", 10, 0)] == ["c", "b", "a"]
    assert [m.target for m in await marks.newest("ada", "liked", 1, 1)] == ["b"]
    assert await marks.newest("eve", "liked", 10, 0) == []


async def test_of_two_wishes_the_later_holds_whatever_comes_first(marks):
    await marks.put("ada", [liked("a", 10), liked("b", 20, value=0)])
    await marks.put("ada", [liked("a", 20, value=0), liked("b", 10)])
    assert await marks.newest("ada", "liked", 10, 0) == []
    await marks.put("ada", [liked("a", 20)])
    assert await marks.newest("ada", "liked", 10, 0) == [liked("a", 20)]


async def test_changes_come_in_order_each_thing_once_as_it_is_now(marks):
    await marks.put("ada", [liked("a", 1), liked("b", 1), liked("c", 1)])
    await marks.put("ada", [liked("a", 2, value=0)])
    first = await marks.changes("ada", 0, 2)
    assert (first.items, first.more) == ((liked("b", 1), liked("c", 1)), True)
    rest = await marks.changes("ada", first.next, 2)
    assert (rest.items, rest.more) == ((liked("a", 2, value=0),), False)
    assert await marks.changes("ada", rest.next, 2) == MarkPage((), rest.next, more=False)


async def test_a_wish_that_changes_nothing_is_no_change(marks):
    await marks.put("ada", [liked("a", 5)])
    cursor = (await marks.changes("ada", 0, 10)).next
    await marks.put("ada", [liked("a", 5), liked("a", 4, value=0)])
    assert (await marks.changes("ada", cursor, 10)).items == ()


async def test_what_a_user_marked_can_be_erased(marks):
    await marks.put("ada", [liked("a", 1)])
    await marks.put("bob", [liked("a", 1)])
    await marks.forget("ada")
    assert await marks.newest("ada", "liked", 10, 0) == []
    assert await marks.newest("bob", "liked", 10, 0) == [liked("a", 1)]


WISHES = st.lists(
    st.builds(liked, st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 1)), max_size=12
)


@given(wishes=WISHES, seed=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_the_order_of_arrival_does_not_matter(wishes, seed):
    one, other = MemoryMarks(), MemoryMarks()
    shuffled = list(wishes)
    seed.shuffle(shuffled)
    await one.put("ada", wishes)
    for wish in shuffled:
        await other.put("ada", [wish])
    assert set((await one.changes("ada", 0, 99)).items) == set(
        (await other.changes("ada", 0, 99)).items
    )
