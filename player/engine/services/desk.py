"""The desk where commands arrive: typed arguments in, results out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from player.engine.protocol import Topic
from player.errors import UsageError

A = TypeVar("A", bound=msgspec.Struct)


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No arguments."""


class Entry(Generic[A]):
    """One command: the type of its arguments and what it does with them."""

    def __init__(
        self,
        args: type[A],
        work: Callable[[A], Awaitable[Any]],
        *,
        ends_with_client: bool = False,
    ) -> None:
        self._args = args
        self._work = work
        self.ends_with_client = ends_with_client

    async def run(self, args: dict[str, Any]) -> Any:
        """Check the arguments, then work. Raises UsageError and what the work raises."""
        try:
            checked = msgspec.convert(args, self._args)
        except msgspec.ValidationError as error:
            raise UsageError(str(error)) from error
        return await self._work(checked)


Table = Mapping[str, Entry[Any]]


class Service(Protocol):
    """A group of commands."""

    def commands(self) -> Table:
        """By name."""
        ...


class Desk:
    """All services together; implements what the socket wants to know of commands."""

    def __init__(
        self, services: list[Service], snapshots: Mapping[Topic, Callable[[], Any | None]]
    ) -> None:
        self._entries = {name: entry for s in services for name, entry in s.commands().items()}
        self._snapshots = snapshots
        self.on_command: Callable[[], None] = lambda: None
        """Called before each command."""

    async def run(self, command: str, args: dict[str, Any]) -> Any:
        """Run one command. Raises PlayerError."""
        entry = self._entries.get(command)
        if entry is None:
            raise UsageError(f"there is no command {command}")
        self.on_command()
        return await entry.run(args)

    def snapshot(self, topic: Topic) -> Any | None:
        """The present state of a topic."""
        take = self._snapshots.get(topic)
        return None if take is None else take()

    def ends_with_client(self, command: str) -> bool:
        """Whether a command is given up with the client that wanted it."""
        entry = self._entries.get(command)
        return entry is not None and entry.ends_with_client

    @property
    def names(self) -> frozenset[str]:
        """All commands."""
        return frozenset(self._entries)
