"""Lyrics as people store them: plain, LRC with line stamps, Enhanced LRC with word stamps."""

import re
from dataclasses import dataclass

from server_stub.catalog.model.text import clean
from sync.wire.catalog import LyricLine, LyricsKind, LyricWord

SIZE_LIMIT = 400_000
"""Characters of one song's text that are read; the longest real ones are a tenth of it."""
LINE_LIMIT = 1_000

_STAMP = r"(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?"
_LINE_STAMP = re.compile(rf"\s*\[{_STAMP}\]")
_ANY_STAMP = re.compile(rf"[<\[]{_STAMP}[>\]]")
_LABEL = re.compile(r"\s*\[([A-Za-z#][\w#-]*)\s*:(.*)\]\s*$")
_OFFSET = re.compile(r"\s*([-+]?\d{1,9})")
_RANK: dict[LyricsKind, int] = {"none": 0, "plain": 1, "line": 2, "word": 3}


@dataclass(frozen=True, slots=True)
class SongText:
    """Lyrics of one file; `lines` are sorted by start."""

    kind: LyricsKind
    lines: tuple[LyricLine, ...]
    language: str | None = None


def richest(*texts: SongText | None) -> SongText | None:
    """The one with the finest timing; the earlier one of equals."""
    present = [text for text in texts if text is not None]
    return max(present, key=lambda text: _RANK[text.kind], default=None)


def parse_lyrics(text: str, language: str | None = None) -> SongText | None:
    """Lyrics from text that may be LRC or plain; None when there is no word in it."""
    labels: dict[str, str] = {}
    timed: list[LyricLine] = []
    plain: list[str] = []
    for raw in re.split(r"\r\n|\r|\n", text[:SIZE_LIMIT].lstrip("\ufeff")):
        stamps, rest = _leading_stamps(raw[: LINE_LIMIT * 4])
        if stamps:
            timed.extend(_stamped(stamps, rest))
        elif label := _LABEL.match(raw[:LINE_LIMIT]):
            labels[label.group(1).lower()] = label.group(2).strip()
        elif timed:
            timed.extend(_unstamped(timed[-1], raw))
        else:
            plain.append(clean(_ANY_STAMP.sub("", raw), LINE_LIMIT))
    language = language or clean(labels.get("la") or labels.get("lang") or "", 16) or None
    if timed:
        return timed_text(_shifted(timed, labels.get("offset", "")), language)
    return plain_text(plain, language)


def plain_text(lines: list[str], language: str | None = None) -> SongText | None:
    """Lyrics without time; blank lines stay between verses, not around them."""
    while lines and not lines[0]:
        lines = lines[1:]
    while lines and not lines[-1]:
        lines = lines[:-1]
    if not lines:
        return None
    return SongText("plain", tuple(LyricLine(text=line) for line in lines), language)


def timed_text(lines: list[LyricLine], language: str | None = None) -> SongText | None:
    """Lyrics from stamped lines in any order."""
    if not any(line.text for line in lines):
        return None
    kind: LyricsKind = "word" if any(line.words for line in lines) else "line"
    return SongText(kind, tuple(sorted(lines, key=_start)), language)


def _start(line: LyricLine) -> int:
    return line.start_ms or 0


def _milliseconds(minutes: str, seconds: str, fraction: str | None) -> int:
    return int(minutes) * 60_000 + int(seconds) * 1_000 + int((fraction or "").ljust(3, "0"))


def _leading_stamps(raw: str) -> tuple[list[int], str]:
    stamps = []
    position = 0
    while match := _LINE_STAMP.match(raw, position):
        stamps.append(_milliseconds(*match.groups()))
        position = match.end()
    return stamps, raw[position:]


def _stamped(stamps: list[int], rest: str) -> list[LyricLine]:
    """A line for each of its stamps; word stamps belong to the first and move with the others."""
    words, end = _words(stamps[0], rest)
    text = clean("".join(word.text for word in words) if words else rest, LINE_LIMIT)
    lines = []
    for stamp in stamps:
        shift = stamp - stamps[0]
        lines.append(
            LyricLine(
                text=text,
                start_ms=stamp,
                end_ms=None if end is None else max(0, end + shift),
                words=tuple(LyricWord(max(0, w.start_ms + shift), w.text) for w in words),
            )
        )
    return lines


def _words(start: int, rest: str) -> tuple[list[LyricWord], int | None]:
    """The words of an Enhanced LRC line, and where the line ends if a last stamp says so."""
    matches = list(_ANY_STAMP.finditer(rest))
    if not matches:
        return [], None
    words = []
    if head := _word(rest[: matches[0].start()].lstrip()):
        words.append(LyricWord(start, head))
    borders = [match.start() for match in matches[1:]] + [len(rest)]
    for match, border in zip(matches, borders, strict=True):
        if text := _word(rest[match.end() : border]):
            words.append(LyricWord(_milliseconds(*match.groups()), text))
    last = matches[-1]
    ended = words and not rest[last.end() :].strip()
    return words, _milliseconds(*last.groups()) if ended else None


def _word(raw: str) -> str:
    """A word with at most one space after it, so that the words of a line add up to its text."""
    text = clean(raw, LINE_LIMIT)
    return f"{text} " if text and raw[-1:].isspace() else text


def _unstamped(previous: LyricLine, raw: str) -> list[LyricLine]:
    """A line without a stamp among stamped ones goes with the one before (a translation)."""
    text = clean(raw, LINE_LIMIT)
    return [LyricLine(text=text, start_ms=previous.start_ms)] if text else []


def _shifted(lines: list[LyricLine], offset: str) -> list[LyricLine]:
    """Apply `[offset:]`: a positive one shows the lyrics sooner."""
    match = _OFFSET.match(offset)
    if match is None or (shift := int(match.group(1))) == 0:
        return lines
    return [
        LyricLine(
            text=line.text,
            start_ms=max(0, _start(line) - shift),
            end_ms=None if line.end_ms is None else max(0, line.end_ms - shift),
            words=tuple(LyricWord(max(0, w.start_ms - shift), w.text) for w in line.words),
        )
        for line in lines
    ]
