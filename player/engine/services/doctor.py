"""What is well and what is not, each with its remedy."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from player.engine.services.desk import Entry, Nothing, Table
from player.errors import PlayerError

_LITTLE_ROOM = 500 << 20


class Check(NamedTuple):
    """One finding."""

    name: str
    status: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


Probe = Callable[[], Awaitable[Check]]


class DoctorService:
    """Runs every probe; one that fails is a finding, not an end."""

    def __init__(self, probes: dict[str, Probe]) -> None:
        self._probes = probes

    def commands(self) -> Table:
        """By name."""
        return {"doctor": Entry(Nothing, self.examine)}

    async def examine(self, _: Nothing) -> dict[str, Any]:
        """All checks, in the order given."""
        found = await asyncio.gather(*(_examined(*item) for item in self._probes.items()))
        return {"checks": [check._asdict() for check in found]}


async def _examined(name: str, probe: Probe) -> Check:
    try:
        return await probe()
    except PlayerError as error:
        return Check(name, "fail", error.message, error.remedy)
    except Exception as error:  # noqa: BLE001 - a broken part is what a doctor looks for
        return Check(name, "fail", f"{type(error).__name__}: {error}")


def versions(engine: str, libraries: dict[str, str]) -> Probe:
    """What runs."""

    async def probe() -> Check:
        parts = [f"segue {engine}", f"Python {sys.version.split()[0]}"]
        parts += [f"{name} {number}" for name, number in libraries.items()]
        return Check("engine", "ok", ", ".join(parts))

    return probe


def disk(folder: Path) -> Probe:
    """Room for the cache."""

    async def probe() -> Check:
        free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
        detail = f"{free >> 20:,} MB free at {folder}"
        if free < _LITTLE_ROOM:
            return Check("disk", "warn", detail, "make room, or set SEGUE_HOME to another disk")
        return Check("disk", "ok", detail)

    return probe
