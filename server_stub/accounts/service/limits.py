"""Limits on attempts."""

import hashlib
import math

from server_stub.accounts.errors import TooManyAttemptsError
from server_stub.accounts.model import Backoff
from server_stub.accounts.ports import Attempts


async def take_attempt(
    attempts: Attempts, purpose: str, who: str, rule: Backoff, now: float
) -> str:
    """Count an attempt and return its key, with which it can be cleared on success.

    Raises TooManyAttemptsError while the ones before hold it up.
    """
    digest = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()
    key = f"{purpose}/{digest}"
    wait_s = await attempts.take(key, rule, now)
    if wait_s > 0:
        raise TooManyAttemptsError(
            "too many attempts",
            remedy=f"Try again in {math.ceil(wait_s)} s.",
            retry_after_s=math.ceil(wait_s),
        )
    return key
