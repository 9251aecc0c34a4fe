"""What a list does when its rows do not come: it asks again by itself, and says so."""

import pytest
from textual.app import App

from player.errors import EngineError, OfflineError
from player.styles.palette import Palette
from player.widgets.list_view import ListView
from player.widgets.paged_view import Blank
from player.widgets.paging import Fetched


class Letters:
    """Draws a row's text."""

    header_lines = 0

    def header(self, row, line, rows):
        raise AssertionError("there is none")

    def paint(self, row, item, index, look):
        row.put(2, item, cells=row.width - 4)

    def key(self, item):
        return item


class OneList(App):
    """A list and nothing else."""

    def __init__(self, fetch):
        super().__init__()
        self.list = ListView(Palette(), Letters(), blank=Blank("Nothing"))
        self.fetch = fetch

    def compose(self):
        yield self.list

    def on_mount(self):
        self.list.show(self.fetch)

    @property
    def text(self):
        return " ".join(strip.text for strip in self.screen._compositor.render_strips())


class Moody:
    """Fails as often as it is told, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.asked = 0

    async def __call__(self, offset, limit):
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return Fetched(3, ["short", "long " * 30, "third"])


async def until(pilot, condition):
    while not condition():
        await pilot.pause(0.005)


async def test_a_server_that_asks_to_wait_is_asked_again_by_itself():
    busy = EngineError("offline", "too much to do", retry_after_s=0.02)
    fetch = Moody(busy, busy)
    async with OneList(fetch).run_test() as pilot:
        await until(pilot, lambda: pilot.app.list.phase == "ready")
        assert fetch.asked == 3


@pytest.mark.parametrize(
    ("error", "title", "planned"),
    [
        (OfflineError("away"), "The server cannot be reached", True),
        (EngineError("offline", "busy", retry_after_s=600), "The server asks to wait", True),
        (EngineError("not_allowed", "region"), "The server refused this", False),
        (EngineError("failed", "a bug"), "This list could not be read", False),
    ],
)
async def test_what_went_wrong_is_said_and_enter_asks_again(error, title, planned):
    fetch = Moody(error)
    async with OneList(fetch).run_test() as pilot:
        await until(pilot, lambda: pilot.app.list.phase == "error")
        await pilot.pause()
        assert title in pilot.app.text
        assert error.message in pilot.app.text
        assert error.remedy[:20] in pilot.app.text
        assert ("next try in" in pilot.app.text) is planned
        pilot.app.list.retry()
        await until(pilot, lambda: pilot.app.list.phase == "ready")


async def test_pauses_grow():
    away = OfflineError("away")
    async with OneList(Moody(*[away] * 6)).run_test() as pilot:
        view = pilot.app.list
        pauses = []
        for number in range(1, 6):
            await until(pilot, lambda number=number: view._failures == number)
            pauses.append(view.next_try_s)
            view.retry()
    assert pauses == [5, 10, 20, 30, 30]


async def test_a_row_that_is_cut_is_known():
    async with OneList(Moody()).run_test() as pilot:
        view = pilot.app.list
        await until(pilot, lambda: view.phase == "ready")
        cut = []
        for row in range(3):
            view.go_to(row)
            cut.append(view.cut_row)
        assert cut == [False, True, False]
