"""Bringing a database to the newest schema, without Alembic's start-up cost when it already is.

Migrations lie in `migrations/versions/NNNN_context.py`; NNNN is the Alembic revision, and the chain
is linear, so the head is the highest number.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

WRITE_LOCK = 0x5E60E
"""PostgreSQL: the advisory lock that every writing transaction takes."""
FOLDER = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest revision."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The revision the database is at; None before the first migration."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, all in one transaction."""
    if current(engine) == head():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "postgresql":
            _compare_by_bytes(connection)


_SORTED_BY_LOCALE = text(
    "SELECT table_name, column_name, data_type, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    " ORDER BY table_name, ordinal_position"
)


def _compare_by_bytes(connection: Connection) -> None:
    """Text is ordered by code point, as SQLite and Python do it, whatever the database's locale:
    `sort_*` columns are folded for exactly this, and cursors and prefixes count on it."""
    for table, column, kind, length in connection.execute(_SORTED_BY_LOCALE).all():
        sized = f"{kind}({length})" if length else kind
        connection.execute(
            text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {sized} COLLATE "C"')
        )
