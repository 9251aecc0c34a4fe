"""What streaming finds out about a source, told to the catalog."""

import contextlib

from server_stub.catalog.errors import TrackNotFoundError
from server_stub.catalog.service import CatalogService


class CatalogFindings:
    """Streaming's `Findings`: the catalog shows them with the track."""

    def __init__(self, catalog: CatalogService) -> None:
        self._catalog = catalog

    async def damaged(self, track_id: str, reason: str) -> None:
        """The file cannot be played to its end. A track that is gone needs no note."""
        with contextlib.suppress(TrackNotFoundError):
            await self._catalog.report_damage(track_id, reason)
