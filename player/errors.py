"""The player's error tree. Every error has a kind, which the edges map to exit codes and answers.

PlayerError
├── UsageError            the request makes no sense
├── NotFoundError         no such track, album, entry
├── OfflineError          the server cannot be reached (or went away in the middle)
│   ├── ServerBusyError   it is there and asks to wait
│   ├── ServerFailedError it is there and fails at what was asked
│   └── UntrustedServerError somebody else answers
├── NotAllowedError       refused: rights, tier, region
│   └── SignedOutError    nobody is signed in, or the session has ended
├── GoneError             an address or object that no longer exists
├── ConflictError         something else has happened in the meantime
├── BadAnswerError        the server said something that cannot be understood
├── EngineError           an answer of the engine, kind and all
├── EngineAbsentError     the engine does not run
├── EngineStartError      the engine could not be started
└── SettingsError         settings that cannot be used
"""

from typing import Literal, get_args

Kind = Literal["usage", "offline", "not_allowed", "not_found", "failed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class PlayerError(Exception):
    """Base of all: `message` says what happened, `remedy` what to do next."""

    kind: Kind = "failed"
    remedy = ""
    retry_after_s: float | None = None
    """When the server asked to come back, if it did."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.remedy


class UsageError(PlayerError):
    """A command that cannot be understood."""

    kind: Kind = "usage"


class NotFoundError(PlayerError):
    """Something that does not exist."""

    kind: Kind = "not_found"


class OfflineError(PlayerError):
    """The server cannot be reached, or the connection was cut."""

    kind: Kind = "offline"
    remedy = "check that the server runs; what is buffered goes on playing"


class ServerBusyError(OfflineError):
    """The server asks to come back later."""

    remedy = "it is tried again by itself"

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerFailedError(OfflineError):
    """The server answered that something went wrong on its side."""

    kind: Kind = "failed"
    remedy = "it is tried again by itself; segue-server doctor says what is wrong there"


class UntrustedServerError(OfflineError):
    """Whoever answers cannot show the certificate that this server must have."""

    remedy = "segue login URL again, if the server was set up anew"


class NotAllowedError(PlayerError):
    """The server refused."""

    kind: Kind = "not_allowed"


class SignedOutError(NotAllowedError):
    """Nobody is signed in."""

    remedy = "segue login URL"


class GoneError(PlayerError):
    """An address that has expired or an object that was replaced."""


class ConflictError(PlayerError):
    """What the server has does not go with what was asked; `code` is its own name for that."""

    def __init__(self, message: str, *, code: str, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


class BadAnswerError(PlayerError):
    """The server's answer is not what was agreed."""

    remedy = "segue doctor shows the versions of both sides"


class EngineError(PlayerError):
    """What the engine answered when it could not do a command."""

    def __init__(
        self, kind: Kind, message: str, *, remedy: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind
        self.retry_after_s = retry_after_s


class EngineAbsentError(PlayerError):
    """There is no engine to talk to."""

    remedy = "segue play starts it"


class EngineStartError(PlayerError):
    """The engine was started and did not come up."""

    remedy = "segue doctor says what is missing; log/engine.log has the details"


class SettingsError(PlayerError):
    """Settings with mistakes in them."""

    kind: Kind = "usage"
    remedy = "segue config check names the lines"
