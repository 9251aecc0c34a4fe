"""What a failed connection means, in words that help: who does not answer, and what to do."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from player.errors import BadAnswerError, OfflineError, PlayerError, UntrustedServerError

_CLOCK = "certificate is not yet valid", "certificate has expired"


def trouble(base_url: str, error: Exception) -> PlayerError:
    """The player's error for one of the HTTP library's."""
    for cause in _causes(error):
        known = _known(base_url, cause)
        if known is not None:
            return known
    host = urlsplit(base_url).hostname
    if isinstance(error, httpx.TimeoutException):
        return OfflineError(f"{host} does not answer in time")
    text = str(error) or type(error).__name__
    if isinstance(error, httpx.TransportError):
        return OfflineError(f"the connection to {host} broke: {text}")
    return BadAnswerError(f"{base_url}: {text}")


def _known(base_url: str, cause: BaseException) -> PlayerError | None:
    """What the system below says in particular."""
    host = urlsplit(base_url).hostname
    if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(cause):
        return _untrusted(base_url, str(cause))
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "reason", None) or cause
        remedy = "something on the way breaks TLS; check the network"
        return OfflineError(f"no secure connection to {host}: {reason}", remedy=remedy)
    if isinstance(cause, socket.gaierror):
        remedy = "check the network and its DNS"
        return OfflineError(f"the name {host} is not known here", remedy=remedy)
    if isinstance(cause, ConnectionRefusedError):
        return OfflineError(f"no server runs at {base_url}")
    return None


def _untrusted(base_url: str, text: str) -> UntrustedServerError:
    if any(words in text for words in _CLOCK):
        return UntrustedServerError(
            f"the certificate of {base_url} is out of date, or this machine's clock is wrong",
            remedy="check this machine's clock",
        )
    return UntrustedServerError(f"{base_url} is not the server that was trusted")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
