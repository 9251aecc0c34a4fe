"""What the cache asks of the place where it does its blocking work."""

import asyncio

import pytest

from cache.adapters.aside_memory import MemoryAside
from cache.adapters.aside_thread import ThreadAside


@pytest.fixture(params=[MemoryAside, ThreadAside])
async def aside(request):
    aside = request.param()
    yield aside
    await aside.close(5.0)


async def test_the_result_comes_back(aside):
    assert await aside.run(divmod, 7, 2) == (3, 1)
    assert aside.waiting == 0


async def test_so_does_the_error(aside):
    with pytest.raises(ZeroDivisionError):
        await aside.run(divmod, 7, 0)
    assert aside.waiting == 0


async def test_things_are_done_in_order(aside):
    done = []
    await asyncio.gather(*(aside.run(done.append, number) for number in range(50)))
    assert done == list(range(50))


async def test_closing_twice_is_fine(aside):
    await aside.run(abs, -1)
    await aside.close(5.0)
    await aside.close(5.0)
