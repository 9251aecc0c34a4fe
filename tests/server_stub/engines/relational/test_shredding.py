"""A key that was shredded is in none of the database's files."""

from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_log import RelationalEvents


async def test_no_file_holds_a_shredded_key(tmp_path):
    database = Database.at(tmp_path / "segue.db")
    database.migrate()
    log = RelationalEvents(database)
    names = [f"person {number}" for number in range(100)]
    keys = await log.obtain(names)
    for name in names[::3]:
        await log.shred(name)
    database.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("segue.db*"))
    assert [name for name in names if keys[name] in kept] == [
        name for number, name in enumerate(names) if number % 3
    ]


async def test_a_subject_that_never_had_a_key_gets_none_after_it_was_shredded(tmp_path):
    database = Database.at(tmp_path / "segue.db")
    database.migrate()
    log = RelationalEvents(database)
    await log.shred("ada")
    assert await log.obtain(["ada"]) == {}
    database.close()
