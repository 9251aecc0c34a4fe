"""An encoder process: tasks come in as lines on standard input, events go out on standard output.

It ends when its input ends, so that it never outlives the server. Tasks take turns block by
block; as long as one is urgent, only urgent ones do.
"""

import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterator

import msgspec

from server_stub.engines.embedded.encode import encode
from server_stub.engines.embedded.worker_orders import Hurry, Order
from server_stub.streaming.model.encoding import EncodeEvent

_NICENESS = 10


class Turns:
    """Which task goes on next: round robin, urgent ones first."""

    def __init__(self) -> None:
        self._urgent: deque[tuple[str, Iterator[None]]] = deque()
        self._patient: deque[tuple[str, Iterator[None]]] = deque()

    def __bool__(self) -> bool:
        return bool(self._urgent or self._patient)

    def add(self, task_id: str, work: Iterator[None], *, urgent: bool) -> None:
        """One more task."""
        (self._urgent if urgent else self._patient).append((task_id, work))

    def hurry(self, task_id: str) -> None:
        """Move a task to the urgent ones."""
        for entry in tuple(self._patient):
            if entry[0] == task_id:
                self._patient.remove(entry)
                self._urgent.append(entry)

    def step(self) -> None:
        """One block of one task."""
        line = self._urgent or self._patient
        task_id, work = line.popleft()
        for _ in work:
            line.append((task_id, work))
            return


def main() -> None:
    """Work until standard input ends."""
    os.nice(_NICENESS)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    turns = Turns()
    while True:
        while not turns or not orders.empty():
            _obey(orders.get(), turns)
        turns.step()


def _obey(order: Order, turns: Turns) -> None:
    if isinstance(order, Hurry):
        turns.hurry(order.task_id)
    else:
        turns.add(order.task.id, encode(order.task, _tell), urgent=order.task.urgent)


def _listen(orders: "queue.SimpleQueue[Order]") -> None:
    decoder = msgspec.json.Decoder(Order)
    for line in sys.stdin.buffer:
        orders.put(decoder.decode(line))
    os._exit(0)  # the server is gone; a block may still be in the encoder


def _tell(event: EncodeEvent) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
