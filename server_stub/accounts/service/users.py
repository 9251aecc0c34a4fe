"""Users: adding them, and checking who knows the password."""

import secrets

from server_stub.accounts.errors import (
    NameTakenError,
    UserNotFoundError,
    WrongPasswordError,
)
from server_stub.accounts.events import USER_ADDED, UserAdded
from server_stub.accounts.model import (
    PASSWORD_MAX,
    AccountsSettings,
    NewUser,
    User,
    checked_name,
    checked_password,
    checked_region,
    checked_tier,
    name_key,
)
from server_stub.accounts.ports import AccountStores
from server_stub.accounts.service.limits import take_attempt
from server_stub.accounts.service.passwords import Passwords
from server_stub.kernel.clock import Clock
from server_stub.kernel.events.erasure import SUBJECT_ERASED, SubjectErased
from server_stub.kernel.events.types import Occasion
from sync.wire.ids import new_id

_GENERATED_BYTES = 12


class UserService:
    """The users of this server."""

    def __init__(
        self, stores: AccountStores, passwords: Passwords, clock: Clock, settings: AccountsSettings
    ) -> None:
        self._users = stores.users
        self._attempts = stores.attempts
        self._passwords = passwords
        self._clock = clock
        self._backoff = settings.password_backoff

    async def add(self, name: str, password: str | None, tier: str, region: str) -> NewUser:
        """Add a user. Raises AccountInvalidError or NameTakenError."""
        generated = secrets.token_urlsafe(_GENERATED_BYTES) if password is None else None
        user = User(
            id=new_id(),
            name=checked_name(name),
            tier=checked_tier(tier),
            region=checked_region(region),
            created_at=int(self._clock.now()),
        )
        hashed = await self._passwords.hash(checked_password(generated or password or ""))
        told = UserAdded(name=user.name, tier=user.tier, region=user.region)
        added = USER_ADDED.event(self._occasion(user.id), told)
        if not await self._users.add(user, name_key(name), hashed, [added]):
            raise NameTakenError(f"there is a user {user.name} already")
        return NewUser(user, generated)

    async def named(self, name: str) -> User:
        """The user of that name. Raises UserNotFoundError."""
        found = await self._users.by_key(name_key(name))
        if found is None:
            raise UserNotFoundError(
                f"there is no user {name[:64]!r}", remedy="Add one: segue-server user add NAME."
            )
        return found[0]

    async def with_id(self, user_id: str) -> User:
        """The user of that id. Raises UserNotFoundError."""
        user = await self._users.by_id(user_id)
        if user is None:
            raise UserNotFoundError("this user is gone")
        return user

    async def erase(self, name: str) -> User:
        """Forget a user for good. Raises UserNotFoundError."""
        user = await self.named(name)
        erased = SUBJECT_ERASED.event(self._occasion(user.id), SubjectErased())
        await self._users.erase(user.id, [erased])
        return user

    async def set_password(self, name: str, password: str) -> User:
        """Replace a password. Raises UserNotFoundError or AccountInvalidError."""
        user = await self.named(name)
        hashed = await self._passwords.hash(checked_password(password))
        await self._users.set_password_hash(user.id, hashed)
        return user

    async def with_password(self, name: str, password: str) -> User:
        """The user of that name, if the password is right.

        Raises WrongPasswordError, TooManyAttemptsError or BusyError.
        """
        key = name_key(name)
        now = self._clock.now()
        counted = await take_attempt(self._attempts, "password", key, self._backoff, now)
        found = await self._users.by_key(key) if len(key) <= PASSWORD_MAX else None
        user, hashed = found or (None, None)
        right = await self._passwords.verify(hashed, password[: PASSWORD_MAX + 1])
        if user is None or hashed is None or not right:
            raise WrongPasswordError("name and password do not belong together")
        await self._attempts.clear(counted)
        if self._passwords.is_outdated(hashed):
            await self._users.set_password_hash(user.id, await self._passwords.hash(password))
        return user

    def _occasion(self, user_id: str) -> Occasion:
        return Occasion(user_id, round(self._clock.now() * 1000))
