"""Errors as they travel: RFC 9457 problem details with a stable code and a remedy."""

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One refused request. `type` is `urn:segue:problem:CODE`; the rest is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    remedy: str = ""
    """What to do next, one sentence."""
    retry_after_s: float | None = None
