"""What accounts is about: users, sessions, the device flow, and the rules they follow."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Literal, get_args

from server_stub.accounts.errors import AccountInvalidError
from sync.wire.sessions import Tier

SessionKind = Literal["login", "script"]

NAME_MAX = 64
PASSWORD_MIN = 8
PASSWORD_MAX = 1024
LABEL_MAX = 80

USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Consonants only (RFC 8628 §6.1): nothing to confuse, and no words come out."""
USER_CODE_LENGTH = 8

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW"
)
REGIONS = frozenset(_COUNTRIES.split())
"""ISO 3166-1 alpha-2."""

_NAME = re.compile(r"\w[\w.@+-]*")
_UNSHOWABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long failed attempts hold up the next one: nothing at first, then doubling."""

    free: int = 5
    first_wait_s: float = 2.0
    longest_wait_s: float = 300.0
    forgotten_after_s: float = 3600.0

    def wait_s(self, failures: int, since_last_s: float) -> float:
        """Seconds until the next attempt is looked at; 0 if it is now."""
        if failures < self.free or since_last_s >= self.forgotten_after_s:
            return 0.0
        doublings = min(failures - self.free, 32)
        wait = min(self.first_wait_s * 2.0**doublings, self.longest_wait_s)
        return max(0.0, wait - max(0.0, since_last_s))


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one argon2id hash costs (RFC 9106's choice for little memory)."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """What an operator may choose about accounts."""

    access_minutes: int = 15
    session_idle_days: int = 90
    """A program that did not come back for so long must sign in again."""
    refresh_grace_s: int = 60
    """So long a used refresh token gives the same successor again: its answer may be lost."""
    flow_minutes: int = 10
    flow_interval_s: int = 5
    flows_waiting: int = 1000
    principal_cache_s: float = 10.0
    """So long a change made by another process may go unseen."""
    password_cost: PasswordCost = PasswordCost()
    password_backoff: Backoff = Backoff()
    code_backoff: Backoff = Backoff(free=20)
    """For user codes; successes count too."""


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: str
    name: str
    tier: Tier
    region: str
    created_at: int


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user just added, and the password if it was generated: it is shown once."""

    user: User
    generated_password: str | None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a user, through a session."""

    user_id: str
    name: str
    tier: Tier
    region: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in of one program, or a script's token."""

    id: str
    user_id: str
    kind: SessionKind
    label: str
    created_at: int
    seen_at: int
    """When it was last refreshed."""
    revoked_at: int | None = None


@dataclass(frozen=True, slots=True)
class RefreshRecord:
    """A refresh token as kept: when it was used, and whether its successor was."""

    session: Session
    used_at: int | None
    successor_used: bool


class FlowState(Enum):
    """Where a device authorization stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class DeviceFlow:
    """A device that waits for its user to sign in elsewhere."""

    code_hash: bytes
    user_code: str
    client_name: str
    created_at: float
    expires_at: float
    interval_s: int
    polled_at: float | None = None
    state: FlowState = FlowState.PENDING
    user_id: str | None = None


def checked_name(name: str) -> str:
    """The name as kept. Raises AccountInvalidError."""
    normal = unicodedata.normalize("NFKC", name).strip()
    if len(normal) > NAME_MAX or not _NAME.fullmatch(normal):
        raise AccountInvalidError(
            f"{name[:NAME_MAX]!r} is not a user name",
            remedy=f"Use up to {NAME_MAX} letters, digits and . _ - + @.",
        )
    return normal


def name_key(name: str) -> str:
    """What two names have in common when they count as the same."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_password(password: str) -> str:
    """The password. Raises AccountInvalidError."""
    if len(password) < PASSWORD_MIN or len(password) > PASSWORD_MAX:
        raise AccountInvalidError(
            "the password is too short or too long",
            remedy=f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters.",
        )
    return password


def checked_tier(tier: str) -> Tier:
    """The tier. Raises AccountInvalidError."""
    for known in get_args(Tier):
        if tier == known:
            return tier  # type: ignore[return-value]  # equal to a member of the literal
    raise AccountInvalidError(f"{tier[:16]!r} is not a tier", remedy="Use free or premium.")


def checked_region(region: str) -> str:
    """The region as kept. Raises AccountInvalidError."""
    code = region.strip().upper()
    if code not in REGIONS:
        raise AccountInvalidError(
            f"{region[:16]!r} is not a region", remedy="Use a two-letter country code such as DE."
        )
    return code


def shown_label(text: str) -> str:
    """A program's own name made safe to show: no controls, no direction marks, not long."""
    kept = "".join(c for c in text if unicodedata.category(c) not in _UNSHOWABLE)
    return " ".join(kept.split())[:LABEL_MAX] or "unnamed"


def user_code_key(text: str) -> str:
    """A user code as typed, reduced to what counts: case, blanks and dashes do not."""
    return "".join(c for c in text.upper() if c in USER_CODE_ALPHABET)


def shown_user_code(code: str) -> str:
    """A user code as people read it: XXXX-XXXX."""
    half = USER_CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"
