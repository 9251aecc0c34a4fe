"""The stores of accounts, in the relational database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from server_stub.accounts.model import (
    Backoff,
    DeviceFlow,
    FlowState,
    RefreshRecord,
    Session,
    User,
)
from server_stub.accounts.ports import AccountStores
from server_stub.engines.relational.accounts_tables import (
    attempts,
    device_flows,
    session_tokens,
    sessions,
    users,
)
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import append
from server_stub.kernel.events.envelope import Event

_USER = (users.c.id, users.c.name, users.c.tier, users.c.region, users.c.created_at)
_SESSION = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.kind,
    sessions.c.label,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.revoked_at,
)
_FLOW = tuple(device_flows.c[name] for name in DeviceFlow.__slots__)
_HOLDER = select(*_SESSION, *_USER).join(users, users.c.id == sessions.c.user_id)


def relational_accounts(database: Database) -> AccountStores:
    """All stores of accounts over one database."""
    return AccountStores(
        RelationalUsers(database),
        RelationalSessions(database),
        RelationalDeviceFlows(database),
        RelationalAttempts(database),
    )


class RelationalUsers:
    """The accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, user: User, key: str, password_hash: str, events: Sequence[Event] = ()
    ) -> bool:
        """Add a user; False if the key is taken."""

        def write(connection: Connection) -> bool:
            if connection.execute(select(users.c.id).where(users.c.key == key)).first():
                return False
            connection.execute(
                insert(users).values(
                    id=user.id,
                    key=key,
                    name=user.name,
                    tier=user.tier,
                    region=user.region,
                    created_at=user.created_at,
                    password_hash=password_hash,
                )
            )
            append(connection, events)
            return True

        return await self._database.write(write)

    async def by_key(self, key: str) -> tuple[User, str] | None:
        """The user of that key and the password hash."""
        query = select(*_USER, users.c.password_hash).where(users.c.key == key)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return (User(*row[:-1]), row[-1]) if row else None

    async def by_id(self, user_id: str) -> User | None:
        """The user of that id."""
        query = select(*_USER).where(users.c.id == user_id)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return User(*row) if row else None

    async def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Replace the password hash."""
        change = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def erase(self, user_id: str, events: Sequence[Event] = ()) -> None:
        """Forget a user; sessions and sign-ins go with it."""

        def write(connection: Connection) -> None:
            if connection.execute(delete(users).where(users.c.id == user_id)).rowcount:
                append(connection, events)

        await self._database.write(write)


class RelationalSessions:
    """Sign-ins and script tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: Session, token_hash: bytes, events: Sequence[Event] = ()) -> None:
        """Add a session with its first token."""

        def write(connection: Connection) -> None:
            connection.execute(
                insert(sessions).values(
                    {name: getattr(session, name) for name in Session.__slots__}
                )
            )
            connection.execute(
                insert(session_tokens).values(token_hash=token_hash, session_id=session.id)
            )
            append(connection, events)

        await self._database.write(write)

    async def holder(self, session_id: str) -> tuple[Session, User] | None:
        """A session and its user, revoked or not."""
        return await self._holder(_HOLDER.where(sessions.c.id == session_id))

    async def script_holder(self, token_hash: bytes) -> tuple[Session, User] | None:
        """The script session of that token and its user, revoked or not."""
        return await self._holder(
            _HOLDER.join(session_tokens, session_tokens.c.session_id == sessions.c.id).where(
                session_tokens.c.token_hash == token_hash, sessions.c.kind == "script"
            )
        )

    async def refresh_record(self, token_hash: bytes) -> RefreshRecord | None:
        """What is known about a refresh token of a login session."""
        successor = session_tokens.alias()
        query = (
            select(*_SESSION, session_tokens.c.used_at, successor.c.used_at)
            .join(session_tokens, session_tokens.c.session_id == sessions.c.id)
            .outerjoin(successor, successor.c.token_hash == session_tokens.c.successor_hash)
            .where(session_tokens.c.token_hash == token_hash, sessions.c.kind == "login")
        )
        row = await self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        return RefreshRecord(
            Session(*row[:-2]), used_at=row[-2], successor_used=row[-1] is not None
        )

    async def rotate(self, token_hash: bytes, successor_hash: bytes, now: int) -> bool:
        """Mark the token used and add its successor, if it may be used."""

        def write(connection: Connection) -> bool:
            session_id = connection.execute(
                select(sessions.c.id)
                .join(session_tokens, session_tokens.c.session_id == sessions.c.id)
                .where(
                    session_tokens.c.token_hash == token_hash,
                    session_tokens.c.used_at.is_(None),
                    sessions.c.revoked_at.is_(None),
                )
                .with_for_update()
            ).scalar()
            if session_id is None:
                return False
            connection.execute(
                update(session_tokens)
                .where(session_tokens.c.token_hash == token_hash)
                .values(used_at=now, successor_hash=successor_hash)
            )
            connection.execute(
                insert(session_tokens).values(token_hash=successor_hash, session_id=session_id)
            )
            connection.execute(
                update(sessions).where(sessions.c.id == session_id).values(seen_at=now)
            )
            return True

        return await self._database.write(write)

    async def revoke(self, session_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """End a session."""
        change = (
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

        def write(connection: Connection) -> None:
            if connection.execute(change).rowcount:
                append(connection, events)

        await self._database.write(write)

    async def of_user(self, user_id: str) -> tuple[Session, ...]:
        """The user's sessions that have not ended, oldest first."""
        query = (
            select(*_SESSION)
            .where(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None))
            .order_by(sessions.c.created_at, sessions.c.id)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple(Session(*row) for row in rows)

    async def forget(self, before: int) -> None:
        """Drop sessions that ended or were last seen before that time, and old used tokens."""

        def write(connection: Connection) -> None:
            idle = (sessions.c.kind == "login") & (sessions.c.seen_at < before)
            gone = select(sessions.c.id).where((sessions.c.revoked_at < before) | idle)
            connection.execute(
                delete(session_tokens).where(
                    session_tokens.c.session_id.in_(gone) | (session_tokens.c.used_at < before)
                )
            )
            connection.execute(delete(sessions).where((sessions.c.revoked_at < before) | idle))

        await self._database.write(write)

    async def _holder(self, query: Select[Any]) -> tuple[Session, User] | None:
        row = await self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        return Session(*row[: len(_SESSION)]), User(*row[len(_SESSION) :])


class RelationalDeviceFlows:
    """Sign-ins under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, flow: DeviceFlow, limit: int) -> bool:
        """Add a flow, unless its user code is in use or too many wait."""

        def write(connection: Connection) -> bool:
            connection.execute(
                delete(device_flows).where(device_flows.c.expires_at <= flow.created_at)
            )
            waiting = connection.execute(select(func.count()).select_from(device_flows)).scalar()
            taken = connection.execute(
                select(device_flows.c.user_code).where(device_flows.c.user_code == flow.user_code)
            ).first()
            if taken or (waiting or 0) >= limit:
                return False
            values = {name: getattr(flow, name) for name in DeviceFlow.__slots__}
            values["state"] = flow.state.value
            connection.execute(insert(device_flows).values(values))
            return True

        return await self._database.write(write)

    async def by_code(self, code_hash: bytes) -> DeviceFlow | None:
        """The flow of that device code."""
        return await self._flow(select(*_FLOW).where(device_flows.c.code_hash == code_hash))

    async def by_user_code(self, user_code: str) -> DeviceFlow | None:
        """The flow of that user code."""
        return await self._flow(select(*_FLOW).where(device_flows.c.user_code == user_code))

    async def polled(self, code_hash: bytes, now: float, interval_s: int) -> None:
        """Keep when the device asked, and how long it must wait from now on."""
        change = (
            update(device_flows)
            .where(device_flows.c.code_hash == code_hash)
            .values(polled_at=now, interval_s=interval_s)
        )
        await self._database.write(lambda connection: connection.execute(change).rowcount)

    async def advance(
        self, code_hash: bytes, old: FlowState, new: FlowState, user_id: str | None
    ) -> bool:
        """Move a flow on and set its user, if it is at `old`."""
        change = (
            update(device_flows)
            .where(device_flows.c.code_hash == code_hash, device_flows.c.state == old.value)
            .values(state=new.value, user_id=user_id)
        )
        return await self._database.write(
            lambda connection: connection.execute(change).rowcount == 1
        )

    async def _flow(self, query: Select[Any]) -> DeviceFlow | None:
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return _flow(row) if row else None


class RelationalAttempts:
    """Counts of failed attempts by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key: str, rule: Backoff, now: float) -> float:
        """Count one attempt as failed and return 0, or return the seconds to wait."""

        def write(connection: Connection) -> float:
            old = attempts.c.last_at <= now - rule.forgotten_after_s
            connection.execute(delete(attempts).where(old))
            row = connection.execute(
                select(attempts.c.failures, attempts.c.last_at)
                .where(attempts.c.key == key)
                .with_for_update()
            ).first()
            if row is None:
                connection.execute(insert(attempts).values(key=key, failures=1, last_at=now))
                return 0.0
            wait_s = rule.wait_s(row.failures, now - row.last_at)
            if wait_s == 0.0:
                connection.execute(
                    update(attempts)
                    .where(attempts.c.key == key)
                    .values(failures=row.failures + 1, last_at=now)
                )
            return wait_s

        return await self._database.write(write)

    async def clear(self, key: str) -> None:
        """Forget the failures of a key."""
        change = delete(attempts).where(attempts.c.key == key)
        await self._database.write(lambda connection: connection.execute(change).rowcount)


def _flow(row: Row[Any]) -> DeviceFlow:
    values = row._asdict()
    return DeviceFlow(**{**values, "state": FlowState(values["state"])})
