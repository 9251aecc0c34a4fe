"""Text files of unknown encoding, as people save lyrics."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(data: bytes) -> str:
    """Never fails: a byte-order mark decides, then UTF-16 by its zeros, UTF-8, Windows, Latin-1."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if encoding := _sixteen_bits(data):
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _sixteen_bits(data: bytes) -> str:
    """Which UTF-16 this is, if any: text for Western readers has a zero in every other byte."""
    sample = data[:512]
    half = len(sample) // 2
    if half < 2:
        return ""
    if sample[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > half * 0.4 else ""
