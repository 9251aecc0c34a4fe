"""What an encoder process is told. Apart from it, so that the server need not load what encodes."""

import msgspec

from server_stub.streaming.model.encoding import EncodeTask


class Hurry(msgspec.Struct, frozen=True, tag="hurry"):
    """A task became urgent."""

    task_id: str


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """A new task."""

    task: EncodeTask


Order = Begin | Hurry
