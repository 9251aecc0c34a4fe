"""How often somebody may try: a sliding window per key, bounded in memory."""

from collections import OrderedDict, deque

from server_stub.api.errors import TooManyAttemptsError
from server_stub.api.signing import Clock

_MAX_KEYS = 10_000


class AttemptLimit:
    """At most `attempts` within `window_s` seconds for each key."""

    def __init__(self, attempts: int, window_s: float, clock: Clock) -> None:
        self._attempts = attempts
        self._window_s = window_s
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def spend(self, *keys: str) -> None:
        """Count one attempt for each key. Raises TooManyAttemptsError, counting nothing."""
        now = self._clock.now()
        for key in keys:
            times = self._recent(key, now)
            if len(times) >= self._attempts:
                raise TooManyAttemptsError(
                    "too many attempts",
                    remedy="Wait a little before trying again.",
                    retry_after_s=max(1.0, times[0] + self._window_s - now),
                )
        for key in keys:
            self._seen[key].append(now)

    def _recent(self, key: str, now: float) -> deque[float]:
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while times and times[0] <= now - self._window_s:
            times.popleft()
        while len(self._seen) > _MAX_KEYS:
            self._seen.popitem(last=False)
        return times
