"""The engine's protocol, version 1: JSON lines over a unix socket. Standard library only.

A client's first line is a hello, answered by a hello; after that it sends requests and receives
answers (same id) and, once it has subscribed to topics, events.
"""

import json
from typing import Any, Literal, get_args

from player.errors import KINDS, EngineError, Kind, PlayerError

VERSION = 1
MAX_LINE = 1 << 20
"""Bytes of one line, its end included."""

Topic = Literal["state", "library", "queue", "notice", "login", "render", "diagnostics"]
TOPICS: tuple[Topic, ...] = get_args(Topic)

Message = dict[str, Any]


class ProtocolError(PlayerError):
    """A line that is not part of the protocol."""

    kind: Kind = "usage"
    remedy = "run the same version of segue on both sides: segue stop, then try again"


def encode(message: Message) -> bytes:
    """One message as a line. Raises ProtocolError if the line would be too long."""
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > MAX_LINE:
        raise ProtocolError(f"a message of {len(line)} bytes is too long; ask for fewer rows")
    return line


def decode(line: bytes) -> Message:
    """The message of a line. Raises ProtocolError."""
    if len(line) > MAX_LINE:
        raise ProtocolError("a line is too long")
    try:
        message = json.loads(line)
    except ValueError as error:
        raise ProtocolError("a line is not JSON") from error
    if not isinstance(message, dict):
        raise ProtocolError("a line is not a JSON object")
    return message


def hello(client: str) -> Message:
    """What a client says first."""
    return {"hello": VERSION, "client": client}


def welcome(engine: str, pid: int) -> Message:
    """What the engine answers to a hello."""
    return {"hello": VERSION, "engine": engine, "pid": pid}


def check_hello(message: Message) -> None:
    """Raises ProtocolError if the other side speaks another version (or no such language)."""
    said = message.get("hello")
    if said != VERSION:
        raise ProtocolError(f"the other side speaks version {said!r}, this one {VERSION}")


def request(number: int, command: str, args: Message) -> Message:
    """A request."""
    return {"id": number, "command": command, "args": args}


def read_request(message: Message) -> tuple[int, str, Message]:
    """(id, command, args) of a request. Raises ProtocolError."""
    number, command = message.get("id"), message.get("command")
    args = message.get("args", {})
    if not isinstance(number, int) or not isinstance(command, str) or not isinstance(args, dict):
        raise ProtocolError('a request is {"id": number, "command": text, "args": object}')
    return number, command, args


def answer(number: int, result: Any) -> Message:
    """A request done."""
    return {"id": number, "result": result}


def refusal(number: int | None, error: PlayerError) -> Message:
    """A request that could not be done; without a number the line itself was wrong."""
    body: Message = {"kind": error.kind, "message": error.message, "remedy": error.remedy}
    if error.retry_after_s is not None:
        body["retry_after_s"] = error.retry_after_s
    return {"id": number, "error": body}


def event(topic: Topic, data: Any) -> Message:
    """News for subscribers."""
    return {"event": topic, "data": data}


def result_of(message: Message) -> Any:
    """What an answer holds. Raises EngineError if it is a refusal."""
    if "error" not in message:
        return message.get("result")
    body = message["error"]
    kind: Kind = body.get("kind") if body.get("kind") in KINDS else "failed"
    after = body.get("retry_after_s")
    raise EngineError(
        kind,
        str(body.get("message", "")),
        remedy=str(body.get("remedy", "")),
        retry_after_s=float(after) if isinstance(after, int | float) else None,
    )
