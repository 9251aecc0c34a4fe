"""The outbox's way to the server, and the server's feed of marks, over the signed-in line."""

from collections.abc import Callable, Sequence
from typing import Protocol

from player.errors import (
    BadAnswerError,
    GoneError,
    NotAllowedError,
    OfflineError,
    ServerBusyError,
    SignedOutError,
)
from sync.errors import CarrierAwayError, CarrierRefusedError
from sync.wire.intents import Intent, Verdicts


class IntentsDoor(Protocol):
    """The server, as far as intents go."""

    async def deliver(self, intents: Sequence[Intent]) -> Verdicts:
        """Send a batch. Raises PlayerError."""
        ...


class HttpCarrier:
    """Implements the outbox's `Carrier`; `server` gives the account or raises SignedOutError."""

    def __init__(self, server: Callable[[], IntentsDoor]) -> None:
        self._server = server

    async def carry(self, intents: Sequence[Intent]) -> Verdicts:
        """Bring intents over. Raises CarrierAwayError, CarrierRefusedError."""
        try:
            return await self._server().deliver(intents)
        except ServerBusyError as error:
            wait_s = error.retry_after_s or 0.0
            raise CarrierAwayError(error.message, retry_after_s=wait_s) from error
        except (OfflineError, SignedOutError, GoneError) as error:
            # An older server has no such address: what is kept waits for a newer one.
            raise CarrierAwayError(error.message) from error
        except (NotAllowedError, BadAnswerError) as error:
            raise CarrierRefusedError(error.message) from error
