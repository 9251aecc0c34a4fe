"""How long events are kept: older ones go once every reader is past them and a snapshot holds what
projections made of them."""

from collections.abc import Sequence

from server_stub.kernel.events.consuming import Worker
from server_stub.kernel.events.ports import Archive, EventLog, Position
from server_stub.kernel.events.projections import Projection, Snapshots, save_snapshot


async def forget_old(
    log: EventLog,
    archive: Archive,
    readers: Sequence[Worker],
    projections: tuple[Sequence[Projection], Snapshots],
    before_ms: int,
) -> Position:
    """Drop events kept before that time (Unix ms). Returns the position up to which they went."""
    limits = [await archive.stored_before(before_ms)]
    limits += [await log.committed(await reader.consumer.place()) for reader in readers]
    if not earliest(limits):
        return {}
    kept, snapshots = projections
    limits += [await save_snapshot(log, projection, snapshots) for projection in kept]
    position = earliest(limits)
    if position:
        await log.trim(position)
    return position


def earliest(positions: Sequence[Position]) -> Position:
    """What all of these positions are behind of."""
    partitions = set.intersection(*(set(position) for position in positions))
    return {one: min(position[one] for position in positions) for one in partitions}
