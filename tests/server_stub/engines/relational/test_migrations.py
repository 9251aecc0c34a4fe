"""What migrations do to what is stored already."""

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from server_stub.engines.relational import migrate
from server_stub.engines.relational.database import Database


def go_to(revision):
    def run(connection):
        config = Config()
        config.set_main_option("script_location", str(migrate.FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    return run


async def test_renditions_whose_index_has_the_old_form_are_made_anew(tmp_path):
    database = Database.at(tmp_path / "segue.db")
    await database.write(go_to("0006"))
    prepared = (
        "INSERT INTO preparations (track_id, revision, state, position, attempts, retry_at, reason,"
        " damage, measured, lead_in, lead_out)"
        " VALUES ('t', '1', 'ready', 1, 0, 0, '', '', 0, 0, 0)",
        "INSERT INTO renditions (id, track_id, revision, state, codec, kbps, size, init_bytes,"
        " pieces, index_sha256, sample_rate, duration_samples, wrapped_key, created_at)"
        " VALUES ('r', 't', '1', 'ready', 'aac', 96, 9, 1, 1, 'ff', 44100, 9, x'00', 1)",
    )
    await database.write(lambda c: [c.execute(text(row)) for row in prepared] and None)

    await database.write(go_to("0007"))

    states = text("SELECT state FROM renditions UNION ALL SELECT state FROM preparations")
    assert await database.read(lambda c: list(c.execute(states).scalars())) == ["doomed", "waiting"]
    database.close()
