"""Transactions, groups of writes, and the schema's history."""

import asyncio
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from server_stub.engines.relational import (
    accounts_tables,  # noqa: F401 - puts its tables on the metadata
    catalog_tables,
    collection_tables,  # noqa: F401
    events_tables,  # noqa: F401
    licensing_tables,  # noqa: F401
    listening_tables,  # noqa: F401
    migrate,
    streaming_tables,  # noqa: F401
)
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.catalog_sources import find_audio_file
from server_stub.engines.relational.catalog_store import RelationalCatalog
from server_stub.engines.relational.database import Database
from tests.contracts.test_catalog_store import item
from tests.engines_postgres import POSTGRES, RELATIONAL

INSERT = text("INSERT INTO changes (kind, id, seq, removed) VALUES ('track', :id, :seq, false)")
COUNT = text("SELECT count(*) FROM changes")


@pytest.fixture(params=RELATIONAL)
def database(request, open_database):
    return open_database(request.param)


def add(number):
    return lambda connection: connection.execute(INSERT, {"id": str(number), "seq": number})


def count(connection):
    return connection.execute(COUNT).scalar_one()


async def test_a_write_that_fails_takes_nothing_with_it(database):
    def half(connection):
        add(1)(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)
    assert await database.read(count) == 0


async def test_writes_that_wait_together_fail_apart(database):
    gate = threading.Event()
    blocked = asyncio.ensure_future(database.write(lambda _connection: gate.wait()))
    numbers = [1, 2, 2, 3]
    waiting = [asyncio.ensure_future(database.write(add(number))) for number in numbers]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(blocked, *waiting, return_exceptions=True)
    assert sum(isinstance(result, IntegrityError) for result in results) == 1
    assert await database.read(count) == 3


async def test_a_write_nobody_waits_for_any_more_is_not_done(database):
    gate = threading.Event()
    blocked = asyncio.ensure_future(database.write(lambda _connection: gate.wait()))
    waiting = asyncio.ensure_future(database.write(add(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    gate.set()
    await blocked
    assert await database.read(count) == 0


async def test_a_read_sees_one_moment(database):
    loop = asyncio.get_running_loop()

    def twice(connection):
        before = count(connection)
        asyncio.run_coroutine_threadsafe(database.write(add(1)), loop).result()
        return before, count(connection)

    assert await database.read(twice) == (0, 0)
    assert await database.read(count) == 1


async def test_a_closed_database_takes_no_writes(tmp_path):
    database = Database.at(tmp_path / "segue.db", durable=True)
    database.migrate()
    database.close()
    with pytest.raises(RuntimeError):
        await database.write(count)


def test_migrations_lead_to_the_tables_as_declared(database):
    database.migrate()
    assert migrate.current(database._writing) == migrate.head()
    with database._writing.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        assert compare_metadata(context, catalog_tables.metadata) == []


def _is_ours(_object, name, _kind, _reflected, _other):
    return not name.startswith("search_text") and name != "ix_search_entries_trigrams"


def test_the_head_is_the_one_alembic_finds():
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.head()]


async def test_the_catalog_can_be_taken_back(database):
    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))

    def down(connection):
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return set(inspect(connection).get_table_names())

    assert await database.write(down) == {"alembic_version"}


async def test_the_file_of_a_track_can_be_opened_by_others(database):
    await RelationalImports(database).put([item("a.ogg")], 1)
    page = await RelationalCatalog(database).changes(0, 10)
    track_id = next(change.id for change in page.items if change.kind == "track")
    file = await database.read(lambda c: find_audio_file(c, track_id))
    assert (file.path, file.codec, file.duration_ms) == ("/music/a.ogg", "vorbis", 180_000)
    assert await database.read(lambda c: find_audio_file(c, "x" * 22)) is None


@pytest.mark.parametrize("kind", [POSTGRES])
async def test_text_is_ordered_by_code_point_everywhere(open_database, kind):
    query = text(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    assert await open_database(kind).read(lambda c: c.execute(query).scalar_one()) == 0


@pytest.mark.parametrize("kind", [POSTGRES])
async def test_writers_of_two_processes_take_turns(open_database, kind):
    first = open_database(kind)
    second = Database(str(first.url))
    top = text("SELECT coalesce(max(seq), 0) FROM changes")

    def add_next(connection):
        add(connection.execute(top).scalar_one() + 1)(connection)

    try:
        await asyncio.gather(*(one.write(add_next) for one in [first, second] * 40))
    finally:
        second.close()
    assert await first.read(count) == 80


@pytest.mark.parametrize("kind", [POSTGRES])
async def test_a_connection_that_the_server_dropped_is_made_again(open_database, kind):
    database = open_database(kind)
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await database.write(add(1))
    assert await database.read(lambda c: c.execute(others).scalar_one()) >= 1
    await database.write(add(2))
    assert await database.read(count) == 2


PLANS = {
    "ix_tracks_order": "SELECT id FROM tracks WHERE (sort_title, id) > ('a', 'b')"
    " ORDER BY sort_title, id LIMIT 50",
    "ix_tracks_album_order": "SELECT id FROM tracks WHERE album_id = 'a'"
    " ORDER BY disc, number, id LIMIT 50",
    "ix_track_artists_order": "SELECT tracks.id FROM tracks JOIN albums ON albums.id = album_id"
    " JOIN track_artists ON track_artists.track_id = tracks.id WHERE artist_id = 'a'"
    " ORDER BY track_artists.sort_title, track_artists.track_id LIMIT 50",
    "ix_track_genres_order": "SELECT tracks.id FROM tracks JOIN albums ON albums.id = album_id"
    " JOIN track_genres ON track_genres.track_id = tracks.id WHERE genre = 'a'"
    " ORDER BY track_genres.sort_title, track_genres.track_id LIMIT 50",
    "ix_tracks_cover": "SELECT id FROM tracks WHERE cover = 'a'",
}


@pytest.mark.parametrize(("index", "query"), PLANS.items())
async def test_lists_walk_an_index_and_sort_nothing(open_database, index, query):
    database = open_database("sqlite")
    plan = await database.read(
        lambda c: [row.detail for row in c.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    )
    assert any(index in step for step in plan)
    assert not any("TEMP B-TREE" in step for step in plan)
