"""The mirror in one SQLite file: lists by covering sort indexes, words by a trigram index."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from sync.adapters import mirror_schema as schema
from sync.errors import MirrorDamagedError, MirrorUnwritableError
from sync.matching import likely_triples
from sync.ports import Candidate, Counts, Entity, ListQuery
from sync.wire.catalog import Change, ChangePage, EntityKind

_TERM_BUDGET = 12_000
"""Rows looked at, over all letter triples, when a word may be misspelt."""


class SqliteMirror:
    """One file, two connections: reads never wait for a page of changes being written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._reading, self._writing = threading.Lock(), threading.Lock()
        try:
            self._writer = _open(path)
            self._reader = _open(path)
        except sqlite3.DatabaseError:
            for leftover in path.parent.glob(f"{path.name}*"):
                leftover.unlink()
            self._writer = _open(path)
            self._reader = _open(path)
        self._cursor = int(self._meta("cursor") or 0)
        self._counts = self._count()

    def close(self) -> None:
        """Let go of the file."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    @property
    def cursor(self) -> int:
        """Where the next changes begin."""
        return self._cursor

    def counts(self) -> Counts:
        """How much there is."""
        return self._counts

    def bind(self, origin: str) -> None:
        """Mirror this server; what another one said is dropped."""
        known = self._meta("origin")
        if known == origin:
            return
        if known is not None:
            self.clear()
        with self._write() as cursor:
            cursor.execute("INSERT OR REPLACE INTO meta VALUES ('origin', ?)", (origin,))

    def clear(self) -> None:
        """Forget everything but the origin."""
        with self._write() as cursor:
            for kind in schema.KINDS:
                cursor.execute(f"DELETE FROM {kind}")
                cursor.execute(f"INSERT INTO {kind}_index ({kind}_index) VALUES ('delete-all')")
                cursor.execute(f"DELETE FROM {kind}_text")
                if kind != "artist":
                    cursor.execute(f"DELETE FROM {kind}_artist")
            cursor.execute("DELETE FROM meta WHERE key = 'cursor'")
        self._cursor, self._counts = 0, self._count()

    def apply(self, page: ChangePage) -> None:
        """Take changes on and move the cursor, both or neither."""
        with self._write() as cursor:
            for change in page.items:
                _apply(cursor, change)
            cursor.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (page.next,))
        self._cursor, self._counts = page.next, self._count()

    def page(self, query: ListQuery) -> tuple[int, list[bytes]]:
        """(rows in all, this part of them as JSON)."""
        where, values = _where(query)
        order = _order(query)
        kind = query.kind
        with self._read() as cursor:
            if where:
                counted = cursor.execute(f"SELECT count(*) FROM {kind} {where}", values)
                total = counted.fetchone()[0]
            else:
                total = getattr(self._counts, f"{kind}s")
            found = cursor.execute(
                f"SELECT row FROM {kind} {where} ORDER BY {order} LIMIT ? OFFSET ?",
                (*values, query.limit, query.offset),
            ).fetchall()
            return total, _bodies(cursor, kind, [row for (row,) in found])

    def ids(self, query: ListQuery) -> list[str]:
        """Ids only, in the order of the list."""
        where, values = _where(query)
        with self._read() as cursor:
            found = cursor.execute(
                f"SELECT id FROM {query.kind} {where} ORDER BY {_order(query)} LIMIT ? OFFSET ?",
                (*values, query.limit or -1, query.offset),
            )
            return [identifier for (identifier,) in found]

    def get(self, kind: EntityKind, identifier: str) -> bytes | None:
        """One entity as JSON."""
        with self._read() as cursor:
            row = cursor.execute(f"SELECT body FROM {kind} WHERE id = ?", (identifier,)).fetchone()
        return None if row is None else bytes(row[0])

    def containing(self, kind: EntityKind, words: Sequence[str], limit: int) -> list[Candidate]:
        """Entities whose text contains every word, those whose title begins so first."""
        where, values = _words(kind, words)
        begins = " ".join(words)
        with self._read() as cursor:
            first = cursor.execute(
                f"SELECT t.row, t.text FROM {kind} k JOIN {kind}_text t ON t.row = k.row"
                " WHERE k.title >= ? AND k.title < ? LIMIT ?",
                (begins, begins + "\U0010ffff", limit // 4),
            ).fetchall()
            rest = cursor.execute(
                f"SELECT row, text FROM {kind}_text k WHERE {where} LIMIT ?", (*values, limit)
            ).fetchall()
        return [_candidate(row, text) for row, text in dict(first + rest).items()]

    def resembling(self, kind: EntityKind, words: Sequence[str], limit: int) -> list[Candidate]:
        """Entities that share the most letter triples with the words, rare triples first."""
        wanted = {triple for word in words for triple in likely_triples(word)}
        with self._read() as cursor:
            shared: Counter[int] = Counter()
            looked_at = 0
            for documents, triple in _rarest(cursor, kind, wanted):
                looked_at += documents
                if shared and looked_at > _TERM_BUDGET:
                    break
                rows = cursor.execute(
                    f"SELECT rowid FROM {kind}_index WHERE {kind}_index MATCH ? LIMIT ?",
                    (f'"{triple}"', _TERM_BUDGET),
                )
                shared.update([row for (row,) in rows])
            best = [row for row, _ in shared.most_common(limit)]
            marks = ",".join("?" * len(best))
            found = cursor.execute(
                f"SELECT row, text FROM {kind}_text WHERE row IN ({marks})", best
            ).fetchall()
        return [_candidate(row, text) for row, text in found]

    def bodies(self, kind: EntityKind, rows: Sequence[int]) -> list[bytes]:
        """Entities as JSON, in the order of `rows`."""
        with self._read() as cursor:
            return _bodies(cursor, kind, rows)

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Cursor]:
        with self._reading:
            yield self._reader.cursor()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Cursor]:
        with self._writing:
            cursor = self._writer.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException as error:
                if self._writer.in_transaction:  # a full disk has ended it already
                    cursor.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise MirrorUnwritableError(str(error)) from error
                raise

    def _meta(self, key: str) -> Any:
        with self._read() as cursor:
            row = cursor.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _count(self) -> Counts:
        with self._read() as cursor:
            return Counts(
                *(
                    cursor.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]
                    for kind in schema.KINDS
                )
            )


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;"
            "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;"
        )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.execute("BEGIN IMMEDIATE")
            for statement in schema.statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {schema.VERSION}")
            connection.execute("COMMIT")
        elif version != schema.VERSION:
            raise sqlite3.DatabaseError("a mirror of another version")
    except BaseException:
        connection.close()
        raise
    return connection


def _apply(cursor: sqlite3.Cursor, change: Change) -> None:
    entity: Entity | None = change.track or change.album or change.artist
    kind = change.kind
    known = cursor.execute(f"SELECT row FROM {kind} WHERE id = ?", (change.id,)).fetchone()
    if known is not None:
        _remove(cursor, kind, known[0])
    if entity is None:
        return
    names = schema.COLUMNS[kind]
    marks = ", ".join("?" * (len(names) + 3))
    cursor.execute(
        f"INSERT INTO {kind} (row, id, {', '.join(names)}, body) VALUES ({marks})",
        (
            known[0] if known else None,
            change.id,
            *schema.values_of(entity),
            msgspec.json.encode(entity),
        ),
    )
    row, text = cursor.lastrowid, schema.text_of(entity)
    cursor.execute(f"INSERT INTO {kind}_text VALUES (?, ?)", (row, text))
    cursor.execute(f"INSERT INTO {kind}_index (rowid, text) VALUES (?, ?)", (row, text))
    for artist_id in schema.artist_ids(entity):
        cursor.execute(f"INSERT OR IGNORE INTO {kind}_artist VALUES (?, ?)", (artist_id, row))


def _remove(cursor: sqlite3.Cursor, kind: EntityKind, row: int) -> None:
    stored = cursor.execute(f"SELECT text FROM {kind}_text WHERE row = ?", (row,)).fetchone()
    if stored is None:
        raise MirrorDamagedError(f"a {kind} has no text")
    cursor.execute(
        f"INSERT INTO {kind}_index ({kind}_index, rowid, text) VALUES ('delete', ?, ?)",
        (row, stored[0]),
    )
    cursor.execute(f"DELETE FROM {kind}_text WHERE row = ?", (row,))
    cursor.execute(f"DELETE FROM {kind} WHERE row = ?", (row,))
    if kind != "artist":
        cursor.execute(f"DELETE FROM {kind}_artist WHERE row = ?", (row,))


def _where(query: ListQuery) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if query.album and query.kind == "track":
        conditions.append("album_id = ?")
        values.append(query.album)
    if query.artist and query.kind != "artist":
        conditions.append(f"row IN (SELECT row FROM {query.kind}_artist WHERE artist_id = ?)")
        values.append(query.artist)
    if query.words:
        condition, more = _words(query.kind, query.words)
        conditions.append(f"row IN (SELECT row FROM {query.kind}_text k WHERE {condition})")
        values += more
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _order(query: ListQuery) -> str:
    if query.album and query.kind == "track" and query.sort == "default":
        return schema.ON_ALBUM
    return f"{schema.SORTS[query.kind][query.sort]}, row"


def _words(kind: EntityKind, words: Sequence[str]) -> tuple[str, list[Any]]:
    """A condition on rows of the text table (named k): every word occurs in it."""
    long = [word for word in words if len(word) >= 3]
    conditions = ["k.text LIKE ?" for word in words if len(word) < 3]
    values: list[Any] = [f"%{word}%" for word in words if len(word) < 3]
    if long:
        conditions.append(f"k.row IN (SELECT rowid FROM {kind}_index WHERE {kind}_index MATCH ?)")
        values.append(" AND ".join(f'"{word}"' for word in long))
    return " AND ".join(conditions) or "1", values


def _rarest(cursor: sqlite3.Cursor, kind: EntityKind, wanted: set[str]) -> list[tuple[int, str]]:
    """(documents, triple), rarest first, of the triples that occur at all."""
    marks = ",".join("?" * len(wanted))
    found = cursor.execute(
        f"SELECT doc, term FROM {kind}_terms WHERE term IN ({marks})", sorted(wanted)
    )
    return sorted(found)


def _bodies(cursor: sqlite3.Cursor, kind: EntityKind, rows: Sequence[int]) -> list[bytes]:
    marks = ",".join("?" * len(rows))
    found = dict(cursor.execute(f"SELECT row, body FROM {kind} WHERE row IN ({marks})", list(rows)))
    return [bytes(found[row]) for row in rows if row in found]


def _candidate(row: int, text: str) -> Candidate:
    return Candidate(row, tuple(field.strip() for field in text.split("\n")))
