"""The quality badge: how far up the ladder, the codec and rate, and the last switch."""

from player.widgets.model import Quality
from player.widgets.row import Row

_STEPS = "▁▃▅▇"
CODECS = {"aac": "AAC", "vorbis": "Vorbis", "flac": "FLAC", "opus": "Opus"}


def draw_steps(row: Row, x: int, quality: Quality) -> int:
    """Four rising bars, lit up to the rung."""
    rungs = max(1, quality.rungs)
    lit = max(1, round((quality.rung + 1) / rungs * len(_STEPS)))
    role = "warn" if quality.rung == 0 and rungs > 1 else "ok"
    for place, step in enumerate(_STEPS):
        x = row.put(x, step, role if place < lit else "unbuf")
    return x


def words(quality: Quality) -> str:
    """Codec and rate, as people say them."""
    codec = CODECS.get(quality.codec, quality.codec.upper())
    return f"{codec} {quality.kbps}" if quality.kbps else codec


def draw_badge(row: Row, x: int, quality: Quality, change: str, held: str = "") -> int:
    """The whole badge. `change` is up, down or nothing; `held`: what holds the quality back."""
    x = draw_steps(row, x, quality) + 1
    x = row.put(x, words(quality), "text")
    if change:
        x = row.put(x + 1, "↑" if change == "up" else "↓", "ok" if change == "up" else "warn")
    return row.put(x + 1, held, "warn") if held else x


def badge_cells(quality: Quality, change: str, held: str = "") -> int:
    """How wide the badge is."""
    return 5 + len(words(quality)) + (2 if change else 0) + (len(held) + 1 if held else 0)
