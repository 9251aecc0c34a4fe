"""Use cases of the catalog."""

from server_stub.catalog.service.catalog import PICTURE_SIZES, CatalogService
from server_stub.catalog.service.importer import Importer

__all__ = ["PICTURE_SIZES", "CatalogService", "Importer"]
