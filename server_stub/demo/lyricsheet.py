"""Sung words as Enhanced LRC, the text form of word-synced lyrics."""

from collections.abc import Iterable

from server_stub.demo.score import Piece, Word


def lrc(piece: Piece) -> str:
    """The lyric sheet of a piece: a stamp for every line and every word."""
    beat_s = 60 / piece.bpm
    head = [f"[ti:{piece.title}]", f"[ar:{piece.artist}]", f"[al:{piece.album}]"]
    body = []
    for line in _lines(piece.lyrics):
        words = " ".join(f"<{_stamp(word.beat * beat_s)}>{word.text}" for word in line)
        body.append(f"[{_stamp(line[0].beat * beat_s)}]{words}")
    return "\n".join([*head, *body, ""])


def _lines(words: Iterable[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = [[]]
    for word in words:
        lines[-1].append(word)
        if word.ends_line:
            lines.append([])
    return [line for line in lines if line]


def _stamp(seconds: float) -> str:
    minutes, hundredths = divmod(round(seconds * 100), 6000)
    return f"{minutes:02d}:{hundredths // 100:02d}.{hundredths % 100:02d}"
