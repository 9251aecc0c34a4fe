"""What the outbox acknowledged survives: any order of events, a kill at any moment, a full disk."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from sync.adapters.carrier_memory import MemoryCarrier
from sync.adapters.outbox_sqlite import SqliteOutboxStore
from sync.errors import CarrierAwayError, OutboxFullError
from sync.outbox.service import Outbox
from sync.wire.intents import Intent

KEYS = st.sampled_from(["playlist:p", "playlist:q", "track:t"])


class Life(RuleBasedStateMachine):
    """Puts, deliveries, lost answers, refusals, decisions and crashes, in any order."""

    put = Bundle("put")

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "outbox.db"
        self.carrier = MemoryCarrier()
        self.carrier.judge = lambda intent: "no" if intent.id in self.unwelcome else ""
        self.unwelcome, self.dropped, self.acknowledged = set(), set(), []
        self.store = SqliteOutboxStore(self.path)

    def within(self, work):
        """Run with an outbox over the store as it is now."""

        async def run():
            outbox = Outbox(self.store, self.carrier, random=Random(1))
            try:
                await work(outbox)
            except CarrierAwayError:
                pass
            finally:
                await asyncio.to_thread(outbox._thread.shutdown)

        asyncio.run(run())

    @rule(target=put, key=KEYS, welcome=st.booleans())
    def listener_does_something(self, key, welcome):
        intent = Intent(kind="edited", key=key, at_ms=len(self.acknowledged))
        if not welcome:
            self.unwelcome.add(intent.id)
        self.within(lambda outbox: outbox.put(intent))
        self.acknowledged.append(intent)
        return intent

    @rule()
    def server_is_asked(self):
        self.within(lambda outbox: outbox.deliver())

    @rule(away=st.booleans())
    def way_is_bad(self, away):
        self.carrier.away, self.carrier.loses_answers = away, not away
        self.within(lambda outbox: outbox.deliver())
        self.carrier.away = self.carrier.loses_answers = False

    @rule(intent=put)
    def listener_drops(self, intent):
        if self.store.drop(intent.id):
            self.dropped.add(intent.id)

    @rule(intent=put)
    def listener_tries_again(self, intent):
        self.unwelcome.discard(intent.id)
        self.store.retry(intent.id)

    @rule()
    def process_dies(self):
        self.store.close()
        self.store = SqliteOutboxStore(self.path)

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self):
        if not hasattr(self, "store"):
            return
        arrived = [intent.id for intent in self.carrier.applied]
        assert len(arrived) == len(set(arrived))
        here = {r.intent.id for r in self.store.refusals()} | {
            row[0] for row in self.store._connection.execute("SELECT id FROM intent")
        }
        assert {i.id for i in self.acknowledged} == set(arrived) | here | self.dropped
        for key in {i.key for i in self.acknowledged}:
            in_order = [i.id for i in self.acknowledged if i.key == key]
            of_key = [i.id for i in self.carrier.applied if i.key == key]
            assert of_key == [i for i in in_order if i in set(of_key)]

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

WRITER = """
import sys
import tempfile
from pathlib import Path
from sync.adapters.outbox_sqlite import SqliteOutboxStore
from sync.wire.intents import Intent
store = SqliteOutboxStore(Path(sys.argv[1]))
while True:
    intent = Intent(kind="edited", key="playlist:p", at_ms=0)
    store.add([intent])
    sys.stdout.write(intent.id + "\\n")
    sys.stdout.flush()
"""


def test_what_a_killed_process_acknowledged_is_there(tmp_path):
    path, acknowledged = tmp_path / "outbox.db", []
    for lines in (1, 2, 7, 20, 45):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            acknowledged += [writer.stdout.readline().strip() for _ in range(lines)]
            writer.send_signal(signal.SIGKILL)
            acknowledged += [line.strip() for line in writer.stdout if len(line) == 23]
    store = SqliteOutboxStore(path)
    kept = [intent.id for intent in store.due(100_000)]
    store.close()
    assert [one for one in kept if one in set(acknowledged)] == acknowledged


def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path):
    store = SqliteOutboxStore(tmp_path / "outbox.db")
    store._connection.execute("PRAGMA max_page_count = 12")
    kept = []
    with pytest.raises(OutboxFullError, match="could not be written down"):
        for _ in range(1000):
            batch = [
                Intent(kind="edited", key="k", at_ms=0, body={"x": "x" * 900}) for _ in range(3)
            ]
            store.add(batch)
            kept += batch
    assert store.due(1000) == kept
    store.close()


def test_a_file_that_cannot_be_read_is_set_aside_not_thrown_away(tmp_path):
    path = tmp_path / "outbox.db"
    path.write_bytes(b"no database, but maybe somebody's week" * 100)
    store = SqliteOutboxStore(path)
    assert store.due(10) == []
    store.close()
    assert (tmp_path / "outbox.db.unreadable-1").read_bytes().startswith(b"no database")


def test_a_later_version_is_set_aside_too(tmp_path):
    path = tmp_path / "outbox.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    SqliteOutboxStore(path).close()
    assert (tmp_path / "outbox.db.unreadable-1").exists()


def test_a_place_that_cannot_be_opened_is_said(tmp_path):
    (tmp_path / "outbox.db").mkdir()
    with pytest.raises(OutboxFullError, match="cannot be opened"):
        SqliteOutboxStore(tmp_path / "outbox.db")
