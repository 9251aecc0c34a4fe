"""What people and their programs can do with accounts."""

from server_stub.accounts.model import AccountsSettings, NewUser, Principal, Session, User
from server_stub.accounts.ports import AccountStores
from server_stub.accounts.service.device_flow import DeviceFlowService, WaitingDevice
from server_stub.accounts.service.passwords import Passwords
from server_stub.accounts.service.sessions import SessionService
from server_stub.accounts.service.tokens import AccessTokens, RefreshTokens
from server_stub.accounts.service.users import UserService
from server_stub.kernel.clock import Clock
from sync.wire.sessions import DeviceAuthorization, Tokens

__all__ = ["AccountsService", "WaitingDevice"]


class AccountsService:
    """Users, sign-in by the device flow, tokens and sessions.

    Attempts are limited by account here; limits by address are the edge's, which knows it.
    """

    def __init__(
        self,
        stores: AccountStores,
        *,
        token_key: bytes,
        clock: Clock,
        settings: AccountsSettings | None = None,
    ) -> None:
        """`token_key` holds 32 secret bytes. Raises ValueError if it does not."""
        settings = settings or AccountsSettings()
        self._passwords = Passwords(settings.password_cost)
        self._users = UserService(stores, self._passwords, clock, settings)
        self._sessions = SessionService(
            stores.sessions,
            AccessTokens(token_key, clock, settings.access_minutes * 60),
            RefreshTokens(token_key),
            clock,
            settings,
        )
        self._flows = DeviceFlowService(stores, clock, settings)

    def close(self) -> None:
        """End the threads that hash passwords."""
        self._passwords.close()

    async def add_user(self, name: str, password: str | None, tier: str, region: str) -> NewUser:
        """Add a user; without a password one is generated.

        Raises AccountInvalidError or NameTakenError.
        """
        return await self._users.add(name, password, tier, region)

    async def user(self, name: str) -> User:
        """The user of that name. Raises UserNotFoundError."""
        return await self._users.named(name)

    async def set_password(self, name: str, password: str) -> None:
        """Give a user another password and end all of the user's sign-ins (not script tokens).

        Raises UserNotFoundError or AccountInvalidError.
        """
        user = await self._users.set_password(name, password)
        for session in await self._sessions.of_user(user.id):
            if session.kind == "login":
                await self._sessions.end(user.id, session.id)

    async def erase(self, name: str) -> User:
        """Forget a user: the account now, everything else as its readers learn of it.

        Raises UserNotFoundError.
        """
        return await self._users.erase(name)

    async def me(self, principal: Principal) -> User:
        """The user behind a principal, as kept now. Raises UserNotFoundError."""
        return await self._users.with_id(principal.user_id)

    async def start_device_flow(self, client_name: str, base_url: str) -> DeviceAuthorization:
        """Begin the sign-in of a program. Raises BusyError if too many are under way."""
        return await self._flows.start(client_name, base_url)

    async def approve(self, user_code: str, name: str, password: str) -> WaitingDevice:
        """Sign the waiting program in as this user.

        Raises WrongPasswordError, UserCodeUnknownError, TooManyAttemptsError or BusyError.
        """
        user = await self._users.with_password(name, password)
        return await self._flows.approve(user_code, user)

    async def deny(self, user_code: str, name: str, password: str) -> WaitingDevice:
        """Turn the waiting program away. Raises what `approve` raises."""
        user = await self._users.with_password(name, password)
        return await self._flows.deny(user_code, user)

    async def exchange_device_code(self, device_code: str) -> Tokens:
        """Tokens for an approved device code, once.

        Raises AuthorizationPendingError, SlowDownError, CodeExpiredError, AccessDeniedError or
        InvalidGrantError.
        """
        user_id, client_name = await self._flows.redeem(device_code)
        return await self._sessions.open_login(user_id, client_name)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is used up. Raises InvalidGrantError.

        The same token again within a short time gives the same successor, since the answer may have
        been lost; later, or once the successor has been used, it ends the session.
        """
        return await self._sessions.refresh(refresh_token)

    async def revoke(self, token: str) -> None:
        """End the session of an access, refresh or script token; unknown ones are ignored."""
        await self._sessions.revoke(token)

    async def authenticate(self, access_token: str) -> Principal:
        """Who an access or script token stands for. Raises TokenRejectedError."""
        return await self._sessions.authenticate(access_token)

    async def script_token(self, name: str, label: str = "script") -> str:
        """A new long-lived bearer token of that user, shown once. Raises UserNotFoundError."""
        user = await self._users.named(name)
        return await self._sessions.open_script(user.id, label)

    async def sessions(self, user_id: str) -> tuple[Session, ...]:
        """The user's sign-ins and script tokens, oldest first."""
        return await self._sessions.of_user(user_id)

    async def end_session(self, user_id: str, session_id: str) -> None:
        """End one of the user's sessions. Raises SessionNotFoundError."""
        await self._sessions.end(user_id, session_id)
