"""The stores of accounts, in memory: for tests and throw-away servers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server_stub.accounts.model import (
    Backoff,
    DeviceFlow,
    FlowState,
    RefreshRecord,
    Session,
    User,
)
from server_stub.accounts.ports import AccountStores
from server_stub.engines.memory.events import MemoryEvents
from server_stub.kernel.events.envelope import Event


def memory_accounts(log: MemoryEvents | None = None) -> AccountStores:
    """All stores of accounts, empty; what happens to them is appended to the log."""
    log = log or MemoryEvents()
    users = MemoryUsers(log)
    return AccountStores(users, MemorySessions(users, log), MemoryDeviceFlows(), MemoryAttempts())


class MemoryUsers:
    """The accounts."""

    def __init__(self, log: MemoryEvents) -> None:
        self._log = log
        self._ids: dict[str, str] = {}
        self._users: dict[str, tuple[User, str]] = {}

    async def add(
        self, user: User, key: str, password_hash: str, events: Sequence[Event] = ()
    ) -> bool:
        """Add a user; False if the key is taken."""
        if key in self._ids:
            return False
        self._ids[key] = user.id
        self._users[user.id] = (user, password_hash)
        self._log.add(events)
        return True

    async def by_key(self, key: str) -> tuple[User, str] | None:
        """The user of that key and the password hash."""
        return self._users[self._ids[key]] if key in self._ids else None

    async def by_id(self, user_id: str) -> User | None:
        """The user of that id."""
        found = self._users.get(user_id)
        return found[0] if found else None

    async def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Replace the password hash."""
        if user_id in self._users:
            self._users[user_id] = (self._users[user_id][0], password_hash)

    async def erase(self, user_id: str, events: Sequence[Event] = ()) -> None:
        """Forget a user. Sessions of nobody are held by nobody, so they need no work here."""
        if self._users.pop(user_id, None) is not None:
            self._ids = {key: one for key, one in self._ids.items() if one != user_id}
            self._log.add(events)


@dataclass(frozen=True, slots=True)
class _Token:
    session_id: str
    used_at: int | None = None
    successor_hash: bytes | None = None


class MemorySessions:
    """Sign-ins and script tokens."""

    def __init__(self, users: MemoryUsers, log: MemoryEvents) -> None:
        self._users = users
        self._log = log
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[bytes, _Token] = {}

    async def open(self, session: Session, token_hash: bytes, events: Sequence[Event] = ()) -> None:
        """Add a session with its first token."""
        self._sessions[session.id] = session
        self._tokens[token_hash] = _Token(session.id)
        self._log.add(events)

    async def holder(self, session_id: str) -> tuple[Session, User] | None:
        """A session and its user, revoked or not."""
        session = self._sessions.get(session_id)
        user = await self._users.by_id(session.user_id) if session else None
        return (session, user) if session and user else None

    async def script_holder(self, token_hash: bytes) -> tuple[Session, User] | None:
        """The script session of that token and its user, revoked or not."""
        token = self._tokens.get(token_hash)
        if token is None or self._sessions[token.session_id].kind != "script":
            return None
        return await self.holder(token.session_id)

    async def refresh_record(self, token_hash: bytes) -> RefreshRecord | None:
        """What is known about a refresh token of a login session."""
        token = self._tokens.get(token_hash)
        if token is None or self._sessions[token.session_id].kind != "login":
            return None
        successor = self._tokens.get(token.successor_hash) if token.successor_hash else None
        used = successor is not None and successor.used_at is not None
        return RefreshRecord(self._sessions[token.session_id], token.used_at, used)

    async def rotate(self, token_hash: bytes, successor_hash: bytes, now: int) -> bool:
        """Mark the token used and add its successor, if it may be used."""
        token = self._tokens.get(token_hash)
        if token is None or token.used_at is not None:
            return False
        session = self._sessions[token.session_id]
        if session.revoked_at is not None:
            return False
        self._tokens[token_hash] = replace(token, used_at=now, successor_hash=successor_hash)
        self._tokens[successor_hash] = _Token(session.id)
        self._sessions[session.id] = replace(session, seen_at=now)
        return True

    async def revoke(self, session_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """End a session."""
        session = self._sessions.get(session_id)
        if session is not None and session.revoked_at is None:
            self._sessions[session_id] = replace(session, revoked_at=now)
            self._log.add(events)

    async def of_user(self, user_id: str) -> tuple[Session, ...]:
        """The user's sessions that have not ended, oldest first."""
        own = (s for s in self._sessions.values() if s.user_id == user_id)
        alive = (s for s in own if s.revoked_at is None)
        return tuple(sorted(alive, key=lambda s: (s.created_at, s.id)))

    async def forget(self, before: int) -> None:
        """Drop sessions that ended or were last seen before that time, and old used tokens."""
        for session in [s for s in self._sessions.values() if _is_over(s, before)]:
            del self._sessions[session.id]
        self._tokens = {
            hashed: token
            for hashed, token in self._tokens.items()
            if token.session_id in self._sessions
            and (token.used_at is None or token.used_at >= before)
        }


class MemoryDeviceFlows:
    """Sign-ins under way."""

    def __init__(self) -> None:
        self._flows: dict[bytes, DeviceFlow] = {}

    async def add(self, flow: DeviceFlow, limit: int) -> bool:
        """Add a flow, unless its user code is in use or too many wait."""
        waiting = {h: f for h, f in self._flows.items() if f.expires_at > flow.created_at}
        self._flows = waiting
        if len(waiting) >= limit or any(f.user_code == flow.user_code for f in waiting.values()):
            return False
        waiting[flow.code_hash] = flow
        return True

    async def by_code(self, code_hash: bytes) -> DeviceFlow | None:
        """The flow of that device code."""
        return self._flows.get(code_hash)

    async def by_user_code(self, user_code: str) -> DeviceFlow | None:
        """The flow of that user code."""
        return next((f for f in self._flows.values() if f.user_code == user_code), None)

    async def polled(self, code_hash: bytes, now: float, interval_s: int) -> None:
        """Keep when the device asked, and how long it must wait from now on."""
        if code_hash in self._flows:
            flow = self._flows[code_hash]
            self._flows[code_hash] = replace(flow, polled_at=now, interval_s=interval_s)

    async def advance(
        self, code_hash: bytes, old: FlowState, new: FlowState, user_id: str | None
    ) -> bool:
        """Move a flow on and set its user, if it is at `old`."""
        flow = self._flows.get(code_hash)
        if flow is None or flow.state is not old:
            return False
        self._flows[code_hash] = replace(flow, state=new, user_id=user_id)
        return True


class MemoryAttempts:
    """Counts of failed attempts by key."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    async def take(self, key: str, rule: Backoff, now: float) -> float:
        """Count one attempt as failed and return 0, or return the seconds to wait."""
        oldest = now - rule.forgotten_after_s
        self._failures = {k: kept for k, kept in self._failures.items() if kept[1] > oldest}
        failures, last_at = self._failures.get(key, (0, now))
        wait_s = rule.wait_s(failures, now - last_at)
        if wait_s == 0.0:
            self._failures[key] = (failures + 1, now)
        return wait_s

    async def clear(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)


def _is_over(session: Session, before: int) -> bool:
    ended = session.revoked_at is not None and session.revoked_at < before
    return ended or (session.kind == "login" and session.seen_at < before)
