"""Databases outside of the data folder: checked when opened, explained when they fail."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from server_stub.bootstrap.errors import StartError, UsageError
from server_stub.engines.relational.database import Database

_FORM = "Give --database (or database.url) the form postgresql://USER@HOST:PORT/NAME."


def open_at(url: str) -> Database:
    """The database of this address, its schema up to date. Raises UsageError or StartError."""
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError as error:
        raise UsageError("the database's address cannot be read", remedy=_FORM) from error
    if kind != "postgresql":
        raise UsageError(f"{kind} is no database that Segue keeps its data in", remedy=_FORM)
    try:
        database = Database(url)
    except ModuleNotFoundError as error:
        raise StartError(
            "the driver for PostgreSQL is not installed",
            remedy="Install it into the environment: pip install 'segue[postgres]'.",
        ) from error
    try:
        database.migrate()
    except DBAPIError as error:
        database.close()
        reason = str(error.orig).strip().splitlines()[0]
        raise StartError(
            f"the database {database.url.render_as_string()} cannot be used: {reason}",
            remedy="Does it run, and may this user create tables and the extension pg_trgm?",
        ) from error
    return database
