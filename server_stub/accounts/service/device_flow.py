"""The device flow (RFC 8628): a program shows a code, its user approves it in a browser."""

import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from server_stub.accounts.errors import (
    AccessDeniedError,
    AuthorizationPendingError,
    BusyError,
    CodeExpiredError,
    InvalidGrantError,
    SlowDownError,
    UserCodeUnknownError,
)
from server_stub.accounts.model import (
    USER_CODE_ALPHABET,
    USER_CODE_LENGTH,
    AccountsSettings,
    DeviceFlow,
    FlowState,
    User,
    shown_label,
    shown_user_code,
    user_code_key,
)
from server_stub.accounts.ports import AccountStores
from server_stub.accounts.service.limits import take_attempt
from server_stub.accounts.service.tokens import LONGEST, new_token, token_hash
from server_stub.kernel.clock import Clock
from sync.wire.sessions import DeviceAuthorization

DEVICE_PREFIX = "sgd_"
SLOW_DOWN_S = 5
_TRIES = 5
_EARLY_S = 0.5
"""A poll this much too early is the network's fault, not the program's."""


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """A program that waited for its user's word."""

    user_code: str
    client_name: str


class DeviceFlowService:
    """Sign-ins under way."""

    def __init__(self, stores: AccountStores, clock: Clock, settings: AccountsSettings) -> None:
        self._flows = stores.flows
        self._attempts = stores.attempts
        self._clock = clock
        self._settings = settings

    async def start(self, client_name: str, base_url: str) -> DeviceAuthorization:
        """Begin a sign-in. Raises BusyError."""
        now = self._clock.now()
        device_code = new_token(DEVICE_PREFIX)
        flow = DeviceFlow(
            code_hash=token_hash(device_code),
            user_code="",
            client_name=shown_label(client_name),
            created_at=now,
            expires_at=now + self._settings.flow_minutes * 60,
            interval_s=self._settings.flow_interval_s,
        )
        user_code = shown_user_code(await self._add(flow))
        page = base_url.rstrip("/") + "/device"
        return DeviceAuthorization(
            device_code=device_code,
            user_code=user_code,
            verification_uri=page,
            verification_uri_complete=f"{page}?{urlencode({'user_code': user_code})}",
            expires_in=self._settings.flow_minutes * 60,
            interval=flow.interval_s,
        )

    async def approve(self, user_code: str, user: User) -> WaitingDevice:
        """Let the program in. Raises UserCodeUnknownError or TooManyAttemptsError."""
        return await self._decide(user_code, user, FlowState.APPROVED)

    async def deny(self, user_code: str, user: User) -> WaitingDevice:
        """Turn the program away. Raises UserCodeUnknownError or TooManyAttemptsError."""
        return await self._decide(user_code, user, FlowState.DENIED)

    async def redeem(self, device_code: str) -> tuple[str, str]:
        """(user id, program's name) of an approved device code, once. Raises GrantErrors."""
        if not device_code.startswith(DEVICE_PREFIX) or len(device_code) > LONGEST:
            raise _unknown_code()
        flow = await self._flows.by_code(token_hash(device_code))
        if flow is None or flow.state is FlowState.REDEEMED:
            raise _unknown_code()
        if self._clock.now() >= flow.expires_at:
            raise CodeExpiredError("the sign-in took too long", remedy="Start again.")
        if flow.state is FlowState.DENIED:
            raise AccessDeniedError("the user turned this sign-in away")
        if flow.state is FlowState.PENDING or flow.user_id is None:
            raise await self._wait(flow)
        if not await self._flows.advance(
            flow.code_hash, FlowState.APPROVED, FlowState.REDEEMED, flow.user_id
        ):
            raise _unknown_code()
        return flow.user_id, flow.client_name

    async def _add(self, flow: DeviceFlow) -> str:
        for _ in range(_TRIES):
            code = "".join(secrets.choice(USER_CODE_ALPHABET) for _ in range(USER_CODE_LENGTH))
            waiting = replace(flow, user_code=code)
            if await self._flows.add(waiting, self._settings.flows_waiting):
                return code
        raise BusyError("too many sign-ins at once", remedy="Try again.", retry_after_s=60.0)

    async def _decide(self, user_code: str, user: User, decision: FlowState) -> WaitingDevice:
        flow = await self._pending(user_code, user)
        if not await self._flows.advance(flow.code_hash, FlowState.PENDING, decision, user.id):
            raise _unknown_user_code()
        return WaitingDevice(shown_user_code(flow.user_code), flow.client_name)

    async def _pending(self, user_code: str, user: User) -> DeviceFlow:
        """The flow of a code as typed. Every try counts, right or wrong: codes are short."""
        now = self._clock.now()
        rule = self._settings.code_backoff
        await take_attempt(self._attempts, "user-code", user.id, rule, now)
        code = user_code_key(user_code[: USER_CODE_LENGTH * 4])
        flow = await self._flows.by_user_code(code) if len(code) == USER_CODE_LENGTH else None
        if flow is None or flow.state is not FlowState.PENDING or now >= flow.expires_at:
            raise _unknown_user_code()
        return flow

    async def _wait(self, flow: DeviceFlow) -> AuthorizationPendingError | SlowDownError:
        """Keep that the device asked; what to answer it."""
        now = self._clock.now()
        early = flow.polled_at is not None and now < flow.polled_at + flow.interval_s - _EARLY_S
        interval_s = flow.interval_s + (SLOW_DOWN_S if early else 0)
        await self._flows.polled(flow.code_hash, now, interval_s)
        if early:
            return SlowDownError(f"ask every {interval_s} s at most", retry_after_s=interval_s)
        return AuthorizationPendingError("the user has not decided yet")


def _unknown_code() -> InvalidGrantError:
    return InvalidGrantError("the device code is not valid", remedy="Start the sign-in again.")


def _unknown_user_code() -> UserCodeUnknownError:
    return UserCodeUnknownError(
        "no sign-in waits under this code", remedy="Check it, or start the sign-in again."
    )
