"""Which pages were visited, and the way back."""

from player.screens.page import Page

_LONGEST = 30


class History:
    """A stack of pages; the last one is shown."""

    def __init__(self) -> None:
        self._pages: list[Page] = []

    @property
    def current(self) -> Page | None:
        """The page that is shown."""
        return self._pages[-1] if self._pages else None

    @property
    def deep(self) -> bool:
        """Whether there is a way back."""
        return len(self._pages) > 1

    def visit(self, page: Page) -> list[Page]:
        """Go to a page. The pages that are not reachable any more."""
        if page is self.current:
            return []
        self._pages.append(page)
        gone, self._pages = self._pages[:-_LONGEST], self._pages[-_LONGEST:]
        return [old for old in gone if old not in self._pages]

    def back(self) -> Page | None:
        """Leave the current page for the one before. The page that was left."""
        if not self.deep:
            return None
        return self._pages.pop()

    def holds(self, page: Page) -> bool:
        """Whether the page can be reached by going back."""
        return page in self._pages

    def forget(self, page: Page) -> None:
        """Take a page out."""
        self._pages = [other for other in self._pages if other is not page]
