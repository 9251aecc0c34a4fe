"""Which adapter serves which port. Read it top to bottom."""

from dataclasses import dataclass

from server_stub.accounts.service import AccountsService
from server_stub.bootstrap.databases import open_at
from server_stub.bootstrap.findings import CatalogFindings
from server_stub.bootstrap.folder import DataFolder
from server_stub.catalog.service import CatalogService, Importer
from server_stub.collection.service import CollectionService
from server_stub.engines.embedded.artwork import LocalPictures
from server_stub.engines.embedded.blobs import ObstoreBlobs
from server_stub.engines.embedded.blobs_growing import WorkFolder
from server_stub.engines.embedded.blobs_keys import MasterKeyWrap
from server_stub.engines.embedded.scan_folders import LocalFolders
from server_stub.engines.embedded.secrets_file import ServerSecrets, open_secrets
from server_stub.engines.embedded.tags_reader import MutagenReader
from server_stub.engines.embedded.worker_pool import EncoderPool
from server_stub.engines.relational.accounts_store import relational_accounts
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.catalog_store import RelationalCatalog
from server_stub.engines.relational.collection_store import RelationalMarks, RelationalTargets
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.licensing_store import RelationalDevices
from server_stub.engines.relational.playlists_store import RelationalPeople, RelationalPlaylists
from server_stub.engines.relational.streaming_sources import RelationalSources
from server_stub.engines.relational.streaming_store import RelationalPreparations
from server_stub.kernel.clock import Clock
from server_stub.kernel.events.telling import Tell, tell_nobody
from server_stub.licensing.service import LicensingService
from server_stub.playlists.service import PlaylistsService
from server_stub.settings import Settings
from server_stub.streaming.service import Stores, StreamingService


def open_database(folder: DataFolder) -> Database:
    """The relational database of a data folder, with its schema up to date. Raises StartError."""
    folder.make()
    if folder.database_url:
        return open_at(folder.database_url)
    database = Database.at(folder.database)
    database.migrate()
    return database


@dataclass(frozen=True)
class Ground:
    """What the contexts stand on."""

    folder: DataFolder
    database: Database
    secrets: ServerSecrets
    settings: Settings
    clock: Clock

    @classmethod
    def open(cls, folder: DataFolder, settings: Settings, clock: Clock) -> "Ground":
        """Open database and secrets, making them at first start."""
        database = open_database(folder)
        return cls(folder, database, open_secrets(folder.secrets), settings, clock)


def accounts(ground: Ground) -> AccountsService:
    """Who may come in."""
    return AccountsService(
        relational_accounts(ground.database),
        token_key=ground.secrets.token_key,
        clock=ground.clock,
        settings=ground.settings.accounts,
    )


def licensing(ground: Ground, tell: Tell = tell_nobody) -> LicensingService:
    """Devices and licences."""
    return LicensingService(
        RelationalDevices(ground.database),
        signing_key=ground.secrets.licence_key,
        clock=ground.clock,
        settings=ground.settings.licensing,
        tell=tell,
    )


def catalog(folder: DataFolder, database: Database) -> CatalogService:
    """What is in the library."""
    return CatalogService(
        RelationalCatalog(database), RelationalImports(database), LocalPictures(folder.pictures)
    )


def collection(ground: Ground) -> CollectionService:
    """What each listener marked."""
    database = ground.database
    return CollectionService(RelationalMarks(database), RelationalTargets(database), ground.clock)


def playlists(ground: Ground) -> PlaylistsService:
    """Playlists that people edit together."""
    database = ground.database
    return PlaylistsService(RelationalPlaylists(database), RelationalPeople(database), ground.clock)


def importer(database: Database, clock: Clock) -> Importer:
    """Brings the library in step with folders."""
    return Importer(RelationalImports(database), MutagenReader(), LocalFolders(), clock)


def preparations(database: Database) -> RelationalPreparations:
    """Jobs and renditions."""
    return RelationalPreparations(database)


def streaming(ground: Ground) -> StreamingService:
    """Renditions: made in the background, or at once for who wants to listen."""
    folder = ground.folder
    stores = Stores(
        preparations=preparations(ground.database),
        blobs=ObstoreBlobs.at(folder.blobs),
        workspace=WorkFolder(folder.work),
        keys=MasterKeyWrap.at(folder.secrets / "content.key"),
        findings=CatalogFindings(catalog(folder, ground.database)),
    )
    return StreamingService(
        RelationalSources(ground.database),
        stores,
        EncoderPool(ground.settings.preparation.workers or None),
        ground.clock,
    )
