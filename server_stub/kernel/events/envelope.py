"""The envelope of every event, and its form for other programs: CloudEvents 1.0 in JSON.

`subject` is who or what it is about; order is kept among the events of one subject. `data` holds
JSON, or, once `sealed`, what only the subject's key opens. Times are Unix milliseconds.
"""

import base64
from datetime import UTC, datetime
from typing import Any

import msgspec

from server_stub.kernel.events.errors import EventDamagedError

SPECIFICATION = "1.0"
JSON = "application/json"
SEALED = "application/vnd.segue.sealed"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    id: str
    """Unique among the events of its subject: the same event again changes nothing."""
    source: str
    """The context that tells it, such as `/accounts`."""
    type: str
    subject: str
    time_ms: int
    """When it happened, which may be long before it was told."""
    data: bytes
    personal: bool = False
    """About a person: the log keeps its data sealed with the subject's key."""
    sealed: bool = False


def to_cloud_event(event: Event) -> dict[str, Any]:
    """The event as CloudEvents' JSON format has it."""
    attributes: dict[str, Any] = {
        "specversion": SPECIFICATION,
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": time_text(event.time_ms),
        "partitionkey": event.subject,
    }
    if event.sealed:
        return attributes | {
            "datacontenttype": SEALED,
            "data_base64": base64.b64encode(event.data).decode(),
        }
    return attributes | {"datacontenttype": JSON, "data": msgspec.json.decode(event.data)}


def from_cloud_event(data: bytes) -> Event:
    """Read what `to_cloud_event` made, from JSON. Raises EventDamagedError."""
    try:
        fields = msgspec.json.decode(data, type=_Attributes)
        sealed = fields.datacontenttype == SEALED
        return Event(
            id=fields.id,
            source=fields.source,
            type=fields.type,
            subject=fields.subject,
            time_ms=round(fields.time.timestamp() * 1000),
            data=fields.data_base64 if sealed else bytes(fields.data),
            personal=sealed,
            sealed=sealed,
        )
    except msgspec.MsgspecError as error:
        raise EventDamagedError(f"this is no event: {error}") from error


def time_text(time_ms: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(time_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"


class _Attributes(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = JSON
    data: msgspec.Raw = msgspec.Raw(b"null")
    data_base64: bytes = b""
