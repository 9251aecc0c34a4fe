"""A real PostgreSQL for tests: one private cluster a session, an empty migrated database a test.

Runs only when `SEGUE_ENGINES` is set, as `./check --engines` does; then a missing program is an
error. The cluster is a plain process on a socket in a folder of its own, and goes with the session.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from server_stub.engines.relational.database import Database

VARIABLE = "SEGUE_ENGINES"
POSTGRES = pytest.param("postgres", marks=pytest.mark.engines)
RELATIONAL = ("sqlite", POSTGRES)
ADAPTERS = ("memory", *RELATIONAL)
"""Parameters for the fixture of a contract suite."""

_SETTINGS = """
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


def programs() -> Path:
    """The folder of PostgreSQL's programs; skips the test where real engines are not asked for."""
    if not os.environ.get(VARIABLE):
        pytest.skip(f"needs PostgreSQL: ./check --engines (or set {VARIABLE})")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    assert found, "scripts/engines installs PostgreSQL; it is not there"
    return found[-1]


def user() -> dict:
    """PostgreSQL refuses root: then it runs as its own user."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Cluster:
    """A running PostgreSQL."""

    socket_dir: Path
    names: itertools.count = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"postgresql://segue@/{name}?host={self.socket_dir}"

    def run(self, statement: str) -> None:
        engine = create_engine(
            self.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    @contextlib.contextmanager
    def database(self, template: str = "migrated"):
        """The URL of a database made for one test."""
        name = f"test_{next(self.names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def cluster():
    binaries, identity = programs(), user()
    folder = Path(tempfile.mkdtemp(prefix="segue-postgres-"))

    def run(program, *arguments):
        command = [binaries / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **identity)

    if identity:
        os.chown(folder, identity["user"], identity["group"])
    try:
        run("initdb", "-U", "segue", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"{_SETTINGS}unix_socket_directories = '{folder}'\n")
        run("pg_ctl", "-w", "-t", "120", "-l", folder / "log", "start")
        try:
            yield _prepared(folder)
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path) -> Cluster:
    running = Cluster(folder)
    running.run("CREATE DATABASE migrated")
    made = Database(running.url("migrated"))
    made.migrate()
    made.close()
    return running


@pytest.fixture
def open_database(request, tmp_path):
    """Opens an empty database of a kind, with its schema: "sqlite" or "postgres"."""
    with contextlib.ExitStack() as stack:

        def opened(kind: str) -> Database:
            if kind == "sqlite":
                database = Database.at(tmp_path / "segue.db")
                database.migrate()
            else:
                cluster = request.getfixturevalue("cluster")
                database = Database(stack.enter_context(cluster.database()))
            stack.callback(database.close)
            return database

        yield opened
