"""Tokens: signed short-lived access tokens, and opaque ones that are kept as hashes only."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from server_stub.accounts.errors import TokenRejectedError
from server_stub.kernel.clock import Clock
from sync.wire.ids import new_id

KEY_BYTES = 32
ISSUER = "segue"
AUDIENCE = "segue-api"
REFRESH_PREFIX = "sgr_"
SCRIPT_PREFIX = "sgt_"
LONGEST = 2048
"""Longer tokens are refused before they are looked at."""

_ALGORITHM = "HS256"
_TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says."""

    user_id: str
    session_id: str


class AccessTokens:
    """Mints and reads access tokens: JWT (RFC 7519, 9068), one algorithm, no other accepted."""

    def __init__(self, key: bytes, clock: Clock, lifetime_s: int) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the token key has {KEY_BYTES} bytes")
        self._key = OctKey.import_key(_derived(key, b"access"))
        self._clock = clock
        self.lifetime_s = lifetime_s

    def mint(self, claims: AccessClaims) -> str:
        """A token valid from now on for `lifetime_s`."""
        now = int(self._clock.now())
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": claims.user_id,
            "sid": claims.session_id,
            "jti": new_id(),
            "iat": now,
            "exp": now + self.lifetime_s,
        }
        return jwt.encode({"alg": _ALGORITHM, "typ": _TYPE}, body, self._key, [_ALGORITHM])

    def read(self, token: str) -> AccessClaims:
        """What a token says. Raises TokenRejectedError."""
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
            sub={"essential": True},
            sid={"essential": True},
        )
        try:
            read = jwt.decode(token, self._key, [_ALGORITHM])
            rules.validate(read.claims)
        except (JoseError, ValueError) as error:
            raise _rejected() from error
        user_id, session_id = read.claims["sub"], read.claims["sid"]
        if read.header.get("typ") != _TYPE or not isinstance(session_id, str):
            raise _rejected()
        return AccessClaims(user_id, session_id)


class RefreshTokens:
    """Makes refresh tokens. A token's successor follows from it and the server's key.

    So the answer to a refresh that got lost can be given again, although only hashes are kept.
    """

    def __init__(self, key: bytes) -> None:
        self._key = _derived(key, b"refresh successor")

    def successor(self, token: str) -> str:
        """The one token that may follow."""
        mac = hmac.digest(self._key, token.encode(), "sha256")
        return REFRESH_PREFIX + urlsafe_b64encode(mac).rstrip(b"=").decode()


def new_token(prefix: str) -> str:
    """A random token of 256 bits."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a token (it is random, so a plain hash will do)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"segue/tokens/" + purpose, "sha256")


def _rejected() -> TokenRejectedError:
    return TokenRejectedError("the access token is not valid", remedy="Refresh it or sign in.")
