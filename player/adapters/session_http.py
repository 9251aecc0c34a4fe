"""Signing in over HTTP: device flow (RFC 8628), refreshing, pinning a server's authority."""

import hashlib
import ssl
from urllib.parse import urljoin

from player.adapters.http_line import HttpLine, decoded, trust
from player.engine.ports import Code, Pending, Seal
from player.errors import (
    BadAnswerError,
    NotAllowedError,
    SignedOutError,
    UntrustedServerError,
)
from player.settings import NetworkSettings
from sync.wire.sessions import DeviceAuthorization, OAuthError, Tokens

_CLIENT_ID = "segue"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_OVER = frozenset({"invalid_grant", "invalid_token", "unauthorized_client"})


class HttpDoor:
    """The public routes of one server that lead into a session."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    async def begin(self, device_name: str) -> Code:
        """Start a device flow."""
        form = {"client_id": _CLIENT_ID, "client_name": device_name}
        response = await self._line.request("POST", "/v1/oauth/device_authorization", data=form)
        said = decoded(response.content, DeviceAuthorization)
        return Code(
            device_code=said.device_code,
            user_code=said.user_code,
            address=urljoin(self._line.base_url, said.verification_uri),
            whole_address=urljoin(self._line.base_url, said.verification_uri_complete),
            expires_in_s=said.expires_in,
            interval_s=said.interval,
        )

    async def exchange(self, device_code: str) -> Tokens | Pending:
        """Tokens once the person approved. Raises NotAllowedError when they will not come."""
        form = {
            "grant_type": _DEVICE_GRANT,
            "device_code": device_code,
            "client_id": _CLIENT_ID,
        }
        said = await self._token(form)
        if isinstance(said, Tokens):
            return said
        if said.error == "authorization_pending":
            return Pending(slower=False)
        if said.error == "slow_down":
            return Pending(slower=True)
        remedy = "segue login again for a new code"
        raise NotAllowedError(said.error_description or said.error, remedy=remedy)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens. Raises SignedOutError if the session is over."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": _CLIENT_ID,
        }
        said = await self._token(form)
        if isinstance(said, Tokens):
            return said
        if said.error in _OVER:
            raise SignedOutError(said.error_description or "the session has ended")
        raise BadAnswerError(said.error_description or said.error)

    async def revoke(self, token: str) -> None:
        """End a session on the server."""
        await self._line.request("POST", "/v1/oauth/revoke", data={"token": token})

    async def _token(self, form: dict[str, str]) -> Tokens | OAuthError:
        """The token route: its refusals (RFC 6749 §5.2) are answers here, not failures."""
        response = await self._line.request(
            "POST", "/v1/oauth/token", data=form, answers=frozenset({400, 401})
        )
        if response.status_code == 200:
            return decoded(response.content, Tokens)
        return decoded(response.content, OAuthError)


async def inspect(base_url: str, network: NetworkSettings) -> Seal:
    """Look at a server that is not known yet: does the system trust it, or its own authority?

    Only in the second case one request is made without verification, for the authority's
    certificate; its fingerprint is for the person to compare. Raises OfflineError.
    """
    if base_url.startswith("http://"):
        return Seal(authority=None, fingerprint="")
    try:
        await _probe(base_url, trust(None), network, "/health/live")
    except UntrustedServerError:
        unverified = ssl.create_default_context()
        unverified.check_hostname = False
        unverified.verify_mode = ssl.CERT_NONE
        pem = await _probe(base_url, unverified, network, "/v1/authority")
        seal = seal_of(pem)
        await _probe(base_url, trust(seal.authority), network, "/health/live")
        return seal
    return Seal(authority=None, fingerprint="")


def seal_of(pem: bytes) -> Seal:
    """Authority and fingerprint of a PEM certificate. Raises BadAnswerError."""
    try:
        der = ssl.PEM_cert_to_DER_cert(pem.decode("ascii").strip())
    except ValueError as error:
        raise BadAnswerError("that is not a certificate in PEM form") from error
    return Seal(authority=pem, fingerprint=hashlib.sha256(der).hexdigest())


async def _probe(
    base_url: str, context: ssl.SSLContext, network: NetworkSettings, path: str
) -> bytes:
    line = HttpLine(base_url, context, network)
    try:
        return (await line.request("GET", path)).content
    finally:
        await line.close()
