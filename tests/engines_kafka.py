"""A real Kafka for tests: one broker a session (KRaft, one node), a topic of its own a test.

Its jars lie in `SEGUE_ENGINES/jars/kafka/lib`, where `scripts/engines` puts them; where they could
not be had, these tests are skipped.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync.wire.ids import new_id
from tests.engines_postgres import VARIABLE

KAFKA = pytest.param("kafka", marks=pytest.mark.engines)
READY_S = 120
_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/logs
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""
_LOGGING = """
log4j.rootLogger=WARN,stdout
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n
"""


def _jars() -> Path:
    if not os.environ.get(VARIABLE):
        pytest.skip(f"needs Kafka: ./check --engines (or set {VARIABLE})")
    found = Path(os.environ[VARIABLE]).expanduser() / "jars" / "kafka" / "lib"
    if not any(found.glob("kafka_*.jar")) or not shutil.which("java"):
        pytest.skip("needs Kafka, which scripts/engines could not install")
    return found


def _free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture(scope="session")
def broker():
    """The address of a running broker."""
    jars = _jars()
    folder = Path(tempfile.mkdtemp(prefix="segue-kafka-"))
    port, controller = _free_ports()
    settings = folder / "server.properties"
    settings.write_text(_PROPERTIES.format(port=port, controller=controller, folder=folder))
    (folder / "log4j.properties").write_text(_LOGGING)
    java = ["java", "-Xms256m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    java += [f"-Dlog4j.configuration=file:{folder}/log4j.properties", "-cp", f"{jars}/*"]
    identity = "MkU3OEVBNTcwNTJENDM2Qk"
    format_disk = [*java, "kafka.tools.StorageTool", "format", "-t", identity, "-c", settings]
    subprocess.run(format_disk, check=True, capture_output=True, cwd=folder)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*java, "kafka.Kafka", settings], stdout=log, stderr=log, cwd=folder
        )
    try:
        # A thread: the fixture may be asked for from inside an event loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _answering(f"127.0.0.1:{port}", process)).result()
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _answering(address: str, process: subprocess.Popen) -> None:
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    async with asyncio.timeout(READY_S):
        while True:
            assert process.poll() is None, "Kafka ended; its log lies beside its data"
            admin = AIOKafkaAdminClient(bootstrap_servers=address)
            try:
                await admin.start()
                await admin.describe_cluster()
            except (KafkaError, OSError):
                await asyncio.sleep(0.5)
            else:
                return
            finally:
                await admin.close()


def open_kafka(broker: str, keys):
    """The adapter on a topic that nobody else uses."""
    from server_stub.engines.kafka.events_log import KafkaEvents

    return KafkaEvents(broker, f"events-{new_id()}", keys)
