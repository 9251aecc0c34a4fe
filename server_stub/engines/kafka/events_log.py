"""The event log on Kafka: one topic, keyed by subject; a place is a consumer group.

Kafka keeps the order of each partition, and all events of a subject lie in one. The producer is
idempotent (its own retries make no duplicates); consumers see an event again after a crash between
handling and commit, which is what the port promises. Numbers are Kafka's offsets.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import TopicAlreadyExistsError, for_code

from server_stub.kernel.events.envelope import Event, from_cloud_event, to_cloud_event
from server_stub.kernel.events.erasure import is_erasure
from server_stub.kernel.events.ports import Position, Stored, SubjectKeys
from server_stub.kernel.events.sealing import sealed_for

PARTITIONS = 8
_BATCH_WAIT_MS = 2
"""The producer waits so long for more to send with it."""
_POLL_MS = 200
_COPIES = 3
_SHARING_S = 15.0
"""A member that has got no partition by then gets none: others have them all."""
_FOREVER = {"retention.ms": "-1", "cleanup.policy": "delete"}


class KafkaEvents:
    """The log in one topic, which is made if it is not there."""

    def __init__(self, servers: str, topic: str, keys: SubjectKeys) -> None:
        """`servers` as Kafka has them: HOST:PORT,HOST:PORT."""
        self._servers = servers
        self._topic = topic
        self.keys = keys
        self._producer: AIOKafkaProducer | None = None
        self._admin: AIOKafkaAdminClient | None = None
        self._looker: AIOKafkaConsumer | None = None
        self._opening = asyncio.Lock()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connections are made when they are needed, so that Kafka may come later than we."""
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._open.aclose()

    async def append(self, events: Sequence[Event]) -> None:
        """Keep events; they are on all replicas in sync when this returns."""
        personal = {event.subject for event in events if event.personal and not event.sealed}
        keys = await self.keys.obtain(personal) if personal else {}
        producer, _admin, _looker = await self._connected()
        sent = [
            await producer.send(
                self._topic,
                key=event.subject.encode(),
                value=msgspec.json.encode(to_cloud_event(event)),
                timestamp_ms=event.time_ms,
            )
            for event in sealed_for(events, keys)
        ]
        await asyncio.gather(*sent)
        for event in events:
            if is_erasure(event):
                await self.keys.shred(event.subject)

    @asynccontextmanager
    async def subscribe(self, place: str) -> "AsyncIterator[_Subscription]":
        """Read on from where this place was committed. Several processes share the partitions."""
        await self._connected()
        consumer = AIOKafkaConsumer(
            self._topic,
            bootstrap_servers=self._servers,
            group_id=self._group(place),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        # Stopped even when it was cancelled while it started.
        try:
            await consumer.start()
            yield _Subscription(consumer, await self._next(place))
        finally:
            await consumer.stop()

    async def committed(self, place: str) -> Position:
        """Where a place stands."""
        return {partition: number - 1 for partition, number in (await self._next(place)).items()}

    async def lag(self, place: str) -> int:
        """How many events it has still to read."""
        _producer, _admin, looker = await self._connected()
        partitions = await self._partitions()
        begins = await looker.beginning_offsets(partitions)
        ends = await looker.end_offsets(partitions)
        following = await self._next(place)
        return sum(
            max(0, ends[one] - max(begins[one], following.get(one.partition, 0)))
            for one in partitions
        )

    async def forget(self, place: str) -> None:
        """Put a place back to the beginning; Kafka drops groups itself that nobody uses."""
        async with self.subscribe(place) as subscription:
            await subscription.seek({})
            await subscription.commit()

    async def trim(self, position: Position) -> None:
        """Drop the events up to that position."""
        _producer, admin, _looker = await self._connected()
        wanted = {
            TopicPartition(self._topic, partition): RecordsToDelete(before_offset=number + 1)
            for partition, number in position.items()
        }
        if wanted:
            await admin.delete_records(wanted)

    def _group(self, place: str) -> str:
        return f"{self._topic}.{place}"

    async def _partitions(self) -> list[TopicPartition]:
        _producer, _admin, looker = await self._connected()
        numbers = looker.partitions_for_topic(self._topic) or set()
        return [TopicPartition(self._topic, number) for number in sorted(numbers)]

    async def _next(self, place: str) -> dict[int, int]:
        """By partition: the offset that a place reads next."""
        _producer, admin, _looker = await self._connected()
        found = await admin.list_consumer_group_offsets(self._group(place))
        return {
            one.partition: kept.offset
            for one, kept in found.items()
            if one.topic == self._topic and kept.offset > 0
        }

    async def _connected(self) -> tuple[AIOKafkaProducer, AIOKafkaAdminClient, AIOKafkaConsumer]:
        async with self._opening:
            if self._producer is None or self._admin is None or self._looker is None:
                await self._connect()
            assert self._producer and self._admin and self._looker
            return self._producer, self._admin, self._looker

    async def _connect(self) -> None:
        """Make the topic and the connections, all or none."""
        async with AsyncExitStack() as opened:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._servers)
            opened.push_async_callback(admin.close)
            await admin.start()
            await _make_topic(admin, self._topic)
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                enable_idempotence=True,
                acks="all",
                linger_ms=_BATCH_WAIT_MS,
            )
            opened.push_async_callback(producer.stop)
            await producer.start()
            looker = AIOKafkaConsumer(self._topic, bootstrap_servers=self._servers, group_id=None)
            opened.push_async_callback(looker.stop)
            await looker.start()
            self._producer, self._admin, self._looker = producer, admin, looker
            self._open = opened.pop_all()


async def _make_topic(admin: AIOKafkaAdminClient, name: str) -> None:
    """Make the topic if it is not there, on as many brokers as there are, three at most."""
    brokers = (await admin.describe_cluster())["brokers"]
    topic = NewTopic(name, PARTITIONS, min(_COPIES, len(brokers)), topic_configs=_FOREVER)
    answer = await admin.create_topics([topic])
    for _name, code, *_message in answer.topic_errors:
        if code not in {0, TopicAlreadyExistsError.errno}:
            raise for_code(code)


class _Subscription:
    """A member of a group."""

    def __init__(self, consumer: AIOKafkaConsumer, following: dict[int, int]) -> None:
        self._consumer = consumer
        self._following = following

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Stored]:
        """The next events; without a wait, as long as the partitions hold some."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while True:
            left_ms = max(1, min(round((until - loop.time()) * 1000), 60_000))
            polled = await self._consumer.getmany(
                timeout_ms=left_ms if wait_s else _POLL_MS, max_records=limit
            )
            found = [
                Stored(one.partition, record.offset, from_cloud_event(record.value))
                for one, records in polled.items()
                for record in records
            ]
            for stored in found:
                self._following[stored.partition] = stored.number + 1
            late_s = loop.time() - until
            if found or (late_s >= 0 and (late_s > _SHARING_S or await self._at_end())):
                return found

    async def commit(self) -> None:
        """All that was fetched is done."""
        if self._consumer.assignment():
            await self._consumer.commit()

    async def seek(self, position: Position) -> None:
        """Go on behind that position."""
        self._following = {partition: number + 1 for partition, number in position.items()}
        for one in self._consumer.assignment():
            self._consumer.seek(one, self._following.get(one.partition, 0))

    def position(self) -> Position:
        """Behind the last fetched event."""
        return {partition: number - 1 for partition, number in self._following.items()}

    async def _at_end(self) -> bool:
        mine = self._consumer.assignment()
        if not mine:  # the group is being shared out anew: what comes of it is not known yet
            return False
        ends = await self._consumer.end_offsets(mine)
        return all([await self._consumer.position(one) >= ends[one] for one in mine])
