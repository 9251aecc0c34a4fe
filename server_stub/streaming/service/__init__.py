"""Use cases of streaming: delivery to listeners, and preparation behind it."""

from server_stub.streaming.service.delivery import StreamingService, StreamingSettings
from server_stub.streaming.service.passes import Stores
from server_stub.streaming.service.preparing import PreparingSettings

__all__ = ["PreparingSettings", "Stores", "StreamingService", "StreamingSettings"]
