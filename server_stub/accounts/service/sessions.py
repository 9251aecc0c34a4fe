"""Sessions: refresh tokens that rotate, script tokens, and who a token stands for."""

from dataclasses import dataclass

from server_stub.accounts.errors import (
    InvalidGrantError,
    SessionNotFoundError,
    TokenRejectedError,
)
from server_stub.accounts.events import LOGGED_IN, LOGGED_OUT, LoggedIn, LoggedOut
from server_stub.accounts.model import (
    AccountsSettings,
    Principal,
    RefreshRecord,
    Session,
    SessionKind,
    User,
    shown_label,
)
from server_stub.accounts.ports import Sessions
from server_stub.accounts.service.tokens import (
    LONGEST,
    REFRESH_PREFIX,
    SCRIPT_PREFIX,
    AccessClaims,
    AccessTokens,
    RefreshTokens,
    new_token,
    token_hash,
)
from server_stub.kernel.clock import Clock
from server_stub.kernel.events.types import Occasion
from sync.wire.ids import new_id
from sync.wire.sessions import Tokens

_DAY_S = 86_400
_CACHED = 10_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Cached:
    principal: Principal
    until: float


class SessionService:
    """Sign-ins and script tokens."""

    def __init__(
        self,
        store: Sessions,
        access: AccessTokens,
        refresh: RefreshTokens,
        clock: Clock,
        settings: AccountsSettings,
    ) -> None:
        self._store = store
        self._access = access
        self._refresh = refresh
        self._clock = clock
        self._idle_s = settings.session_idle_days * _DAY_S
        self._grace_s = settings.refresh_grace_s
        self._cache_s = settings.principal_cache_s
        self._cache: dict[bytes | str, _Cached] = {}
        self._revocations = 0

    async def open_login(self, user_id: str, label: str) -> Tokens:
        """Sign a program in."""
        await self._store.forget(self._now() - self._idle_s)
        token = new_token(REFRESH_PREFIX)
        session = await self._open(user_id, "login", label, token)
        return self._tokens(session, token)

    async def open_script(self, user_id: str, label: str) -> str:
        """A long-lived token."""
        token = new_token(SCRIPT_PREFIX)
        await self._open(user_id, "script", label, token)
        return token

    async def refresh(self, token: str) -> Tokens:
        """New tokens for a refresh token. Raises InvalidGrantError."""
        if not token.startswith(REFRESH_PREFIX) or len(token) > LONGEST:
            raise _invalid_grant()
        hashed = token_hash(token)
        for _ in range(_TRIES):
            record = await self._store.refresh_record(hashed)
            if record is None or not self._alive(record.session):
                raise _invalid_grant()
            if record.used_at is not None:
                return await self._again(record, token)
            successor = self._refresh.successor(token)
            if await self._store.rotate(hashed, token_hash(successor), self._now()):
                return self._tokens(record.session, successor)
        raise _invalid_grant()

    async def revoke(self, token: str) -> None:
        """End the session of a token, if there is one."""
        claims = await self._session_of(token) if len(token) <= LONGEST else None
        if claims is not None:
            await self._end(claims)

    async def authenticate(self, token: str) -> Principal:
        """Who a token stands for. Raises TokenRejectedError."""
        if len(token) > LONGEST:
            raise _rejected()
        if token.startswith(SCRIPT_PREFIX):
            hashed = token_hash(token)
            return self._cached(hashed) or await self._script_principal(hashed)
        claims = self._access.read(token)
        principal = self._cached(claims.session_id) or await self._login_principal(claims)
        if principal.user_id != claims.user_id:
            raise _rejected()
        return principal

    async def of_user(self, user_id: str) -> tuple[Session, ...]:
        """The user's sessions that have not ended, oldest first."""
        return tuple(s for s in await self._store.of_user(user_id) if self._alive(s))

    async def end(self, user_id: str, session_id: str) -> None:
        """End one of the user's sessions. Raises SessionNotFoundError."""
        found = await self._store.holder(session_id)
        if found is None or found[0].user_id != user_id:
            raise SessionNotFoundError("there is no such session")
        await self._end(AccessClaims(user_id, session_id))

    def _now(self) -> int:
        return int(self._clock.now())

    def _alive(self, session: Session) -> bool:
        if session.revoked_at is not None:
            return False
        return session.kind == "script" or self._now() - session.seen_at < self._idle_s

    async def _open(self, user_id: str, kind: SessionKind, label: str, token: str) -> Session:
        now = self._now()
        session = Session(new_id(), user_id, kind, shown_label(label), now, now)
        told = LoggedIn(session_id=session.id, kind=kind, label=session.label)
        await self._store.open(
            session, token_hash(token), [LOGGED_IN.event(self._occasion(user_id), told)]
        )
        return session

    def _occasion(self, user_id: str) -> Occasion:
        return Occasion(user_id, round(self._clock.now() * 1000))

    async def _again(self, record: RefreshRecord, token: str) -> Tokens:
        """A used token comes back: a retry gets the same answer, a copy ends the session.

        It is a retry as long as nobody has used the successor and little time has passed: then the
        answer may have been lost. A thief in that window gets the very token the owner holds, and
        whoever of the two uses it second is found out in turn.
        """
        used_at = record.used_at if record.used_at is not None else 0
        if record.successor_used or not 0 <= self._now() - used_at <= self._grace_s:
            await self._end(_claims(record.session))
            raise _invalid_grant()
        return self._tokens(record.session, self._refresh.successor(token))

    def _tokens(self, session: Session, refresh_token: str) -> Tokens:
        access = self._access.mint(AccessClaims(session.user_id, session.id))
        return Tokens(
            access_token=access,
            expires_in=self._access.lifetime_s,
            refresh_token=refresh_token,
        )

    async def _session_of(self, token: str) -> AccessClaims | None:
        if token.startswith(REFRESH_PREFIX):
            record = await self._store.refresh_record(token_hash(token))
            return _claims(record.session) if record else None
        if token.startswith(SCRIPT_PREFIX):
            found = await self._store.script_holder(token_hash(token))
            return _claims(found[0]) if found else None
        try:
            return self._access.read(token)
        except TokenRejectedError:
            return None

    async def _end(self, claims: AccessClaims) -> None:
        ended, told = claims.session_id, LoggedOut(session_id=claims.session_id)
        event = LOGGED_OUT.event(self._occasion(claims.user_id), told)
        await self._store.revoke(ended, self._now(), [event])
        self._revocations += 1
        for key in [k for k, c in self._cache.items() if c.principal.session_id == ended]:
            del self._cache[key]

    def _cached(self, key: bytes | str) -> Principal | None:
        cached = self._cache.get(key)
        if cached is None or not 0 < cached.until - self._clock.now() <= self._cache_s:
            return None
        return cached.principal

    async def _script_principal(self, hashed: bytes) -> Principal:
        revocations = self._revocations
        return self._admit(hashed, await self._store.script_holder(hashed), revocations)

    async def _login_principal(self, claims: AccessClaims) -> Principal:
        revocations = self._revocations
        found = await self._store.holder(claims.session_id)
        if found is not None and found[0].kind != "login":
            raise _rejected()
        return self._admit(claims.session_id, found, revocations)

    def _admit(
        self, key: bytes | str, found: tuple[Session, User] | None, revocations: int
    ) -> Principal:
        if found is None or not self._alive(found[0]):
            raise _rejected()
        session, user = found
        principal = Principal(user.id, user.name, user.tier, user.region, session.id)
        if revocations == self._revocations:  # else what was read may be out of date already
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[key] = _Cached(principal, self._clock.now() + self._cache_s)
        return principal


def _claims(session: Session) -> AccessClaims:
    return AccessClaims(session.user_id, session.id)


def _invalid_grant() -> InvalidGrantError:
    return InvalidGrantError("the refresh token is not valid any more", remedy="Sign in again.")


def _rejected() -> TokenRejectedError:
    return TokenRejectedError("the token is not valid any more", remedy="Sign in again.")
