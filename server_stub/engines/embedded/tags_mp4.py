"""Tags of MP4 files (AAC and Apple Lossless)."""

from collections.abc import Mapping
from typing import Any

from server_stub.engines.embedded.tags_fields import Fields

_TEXTS = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "aART": "albumartist",
    "\xa9alb": "album",
    "\xa9day": "date",
    "\xa9gen": "genre",
    "\xa9wrt": "composer",
    "\xa9lyr": "lyrics",
    "\xa9pub": "label",
}
_PAIRS = {"trkn": "tracknumber", "disk": "discnumber"}
_FREE = "----:"


def mp4_fields(tags: Mapping[str, Any] | None) -> Fields:
    """Atoms as fields."""
    fields = Fields()
    for name, value in (tags or {}).items():
        if name in _TEXTS:
            fields.add(_TEXTS[name], value)
        elif name in _PAIRS:
            fields.add(_PAIRS[name], (str(pair[0]) for pair in value))
        elif name == "cpil":
            fields.add("compilation", ("1",) if value else ())
        elif name == "covr":
            fields.picture = bytes(value[0]) if value else None
        elif name.startswith(_FREE):
            fields.add(
                name.rpartition(":")[2], (bytes(raw).decode("utf-8", "replace") for raw in value)
            )
    return fields
