"""Counters for operators, in the Prometheus text format."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SERVER_ERROR = 500


class Metrics:
    """What the edge counts. Each instance has its own registry."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._latency = Histogram(
            "segue_request_seconds",
            "Time from request to the end of its response.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._latencies: dict[tuple[str, str, int], Histogram] = {}
        """The label sets seen so far: looking one up costs more than counting."""
        self._errors = Counter(
            "segue_request_errors",
            "Responses of the 5xx kind.",
            ("route",),
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "segue_requests_in_flight", "Requests being answered.", registry=self._registry
        )
        self._media_bytes = Counter(
            "segue_media_bytes", "Bytes of renditions sent.", registry=self._registry
        )
        self._preparation = Gauge(
            "segue_preparation",
            "Background preparation of renditions, by what is counted.",
            ("state",),
            registry=self._registry,
        )

        self._lag = Gauge(
            "segue_consumer_lag",
            "Events of the log that a consumer has still to read, at most.",
            ("consumer",),
            registry=self._registry,
        )
        self._handled = Gauge(
            "segue_consumer_events",
            "Events that a consumer has handled since the server started.",
            ("consumer",),
            registry=self._registry,
        )
        self._failures = Gauge(
            "segue_consumer_failures",
            "Batches that a consumer failed to handle since the server started; it tries again.",
            ("consumer",),
            registry=self._registry,
        )

    def consumer(self, name: str, *, lag: float, handled: int, failures: int) -> None:
        """How far a consumer of the event log is."""
        self._lag.labels(name).set(lag)
        self._handled.labels(name).set(handled)
        self._failures.labels(name).set(failures)

    def began(self) -> None:
        """A request came in."""
        self._in_flight.inc()

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._in_flight.dec()
        key = (method, route, status)
        child = self._latencies.get(key)
        if child is None:
            child = self._latencies[key] = self._latency.labels(method, route, str(status))
        child.observe(seconds)
        if status >= _SERVER_ERROR:
            self._errors.labels(route).inc()

    def sent_media(self, count: int) -> None:
        """Bytes of a rendition left."""
        self._media_bytes.inc(count)

    def preparation(self, states: dict[str, int]) -> None:
        """How far the background work is."""
        for state, count in states.items():
            self._preparation.labels(state).set(count)

    def exposition(self) -> bytes:
        """All of it as text."""
        return generate_latest(self._registry)
