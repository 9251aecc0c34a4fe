"""Renditions that were asked for lately: they never change, so reading one costs no query."""

from collections import OrderedDict
from collections.abc import Iterable

from server_stub.streaming.errors import RenditionUnknownError
from server_stub.streaming.model.renditions import StoredRendition
from server_stub.streaming.ports import PreparationStore

_LIMIT = 8192


class KnownRenditions:
    """The newest few thousand, by id."""

    def __init__(self, preparations: PreparationStore) -> None:
        self._preparations = preparations
        self._known: OrderedDict[str, StoredRendition] = OrderedDict()

    async def get(self, rendition_id: str) -> StoredRendition:
        """The rendition. Raises RenditionUnknownError."""
        known = self._known.get(rendition_id)
        if known:
            self._known.move_to_end(rendition_id)
            return known
        found = await self._preparations.rendition(rendition_id)
        if found is None:
            raise RenditionUnknownError("no such rendition")
        self._known[rendition_id] = found
        if len(self._known) > _LIMIT:
            self._known.popitem(last=False)
        return found

    def drop(self, rendition_ids: Iterable[str]) -> None:
        """These are no more."""
        for rendition_id in rendition_ids:
            self._known.pop(rendition_id, None)
