"""Vorbis comments, in Ogg Vorbis, Opus, Ogg FLAC and FLAC files."""

import base64
import binascii
from collections.abc import Iterable

from mutagen.flac import Picture

from server_stub.engines.embedded.tags_fields import Fields

FRONT_COVER = 3


def vorbis_fields(comments: Iterable[tuple[str, str]] | None) -> Fields:
    """Comments as fields; the picture is the one packed into a comment, if any."""
    fields = Fields()
    blocks = []
    for name, value in comments or ():
        lowered = name.lower()
        if lowered == "metadata_block_picture":
            blocks.append(value)
        elif lowered == "coverart":
            fields.picture = fields.picture or _unpacked(value)
        else:
            fields.add(lowered, (value,))
    pictures = [picture for block in blocks[:8] if (picture := _picture(block)) is not None]
    fields.picture = front(pictures) or fields.picture
    return fields


def front(pictures: Iterable[Picture]) -> bytes | None:
    """The front cover, or the first picture if none is one."""
    ordered = sorted(pictures, key=lambda picture: picture.type != FRONT_COVER)
    return ordered[0].data if ordered else None


def _unpacked(value: str) -> bytes | None:
    try:
        return base64.b64decode(value)
    except (binascii.Error, ValueError):
        return None


def _picture(block: str) -> Picture | None:
    data = _unpacked(block)
    try:
        return Picture(data) if data else None
    except Exception:  # noqa: BLE001 - a broken picture is no reason to refuse the music
        return None
