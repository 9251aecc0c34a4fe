"""A catalog on a fresh database, and the folder it imports from."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server_stub.catalog.model.queries import AlbumQuery, PageRequest, TrackQuery
from server_stub.catalog.service import CatalogService, Importer
from server_stub.engines.embedded.artwork import LocalPictures
from server_stub.engines.embedded.scan_folders import LocalFolders
from server_stub.engines.embedded.tags_reader import MutagenReader
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.catalog_store import RelationalCatalog
from server_stub.engines.relational.database import Database
from server_stub.kernel.clock import ManualClock

EVERYTHING = PageRequest(500)


@dataclass
class Library:
    root: Path
    catalog: CatalogService
    importer: Importer
    reported: list = field(default_factory=list)

    async def scan(self, *paths, **options):
        return await self.importer.run(
            paths or [self.root], lambda *step: self.reported.append(step), **options
        )

    async def tracks(self, **query):
        page = await self.catalog.tracks(TrackQuery(**query), EVERYTHING)
        return {track.title: track for track in page.items}

    async def albums(self):
        return (await self.catalog.albums(AlbumQuery(), EVERYTHING)).items


@pytest.fixture
def library(tmp_path):
    database = Database.at(tmp_path / "data" / "segue.db")
    database.migrate()
    imports = RelationalImports(database)
    root = tmp_path / "music"
    root.mkdir()
    yield Library(
        root,
        CatalogService(
            RelationalCatalog(database), imports, LocalPictures(tmp_path / "data" / "art")
        ),
        Importer(imports, MutagenReader(), LocalFolders(), ManualClock()),
    )
    database.close()
