"""Write the demo library as a folder of tagged FLAC files, ready to be imported."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import cast

import av
import numpy as np
from mutagen.flac import FLAC, Picture

from server_stub.demo import artwork
from server_stub.demo.instruments import RATE
from server_stub.demo.lyricsheet import lrc
from server_stub.demo.mixing import Stereo, render
from server_stub.demo.score import Piece
from server_stub.demo.songs import dell_tarrow, low_meridiem, mirrel_and_ash, petra_vuil

COMPOSITIONS: tuple[Callable[[], Piece], ...] = (
    low_meridiem.harbour_light,
    low_meridiem.rain_desk,
    mirrel_and_ash.paper_boats,
    mirrel_and_ash.the_slow_ferry,
    dell_tarrow.idle_choke,
    dell_tarrow.night_tram,
    dell_tarrow.clockmaker,
    petra_vuil.tidewater,
    petra_vuil.second_harvest,
)
_LICENCE = "CC0 1.0 Universal: https://creativecommons.org/publicdomain/zero/1.0/"


def write_library(folder: Path, workers: int) -> Iterator[tuple[int, int]]:
    """Make every piece that is missing; yields (done, total) after each.

    An interrupted run leaves whole files only, and a later run makes the rest.
    Raises OSError if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [compose for compose in COMPOSITIONS if not _place(folder, compose()).exists()]
    total = len(COMPOSITIONS)
    done = total - len(missing)
    yield done, total
    if not missing:
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(_write, folder, compose) for compose in missing]):
            future.result()
            done += 1
            yield done, total


def _place(folder: Path, piece: Piece) -> Path:
    return folder / piece.artist / piece.album / f"{piece.number:02d} {piece.title}.flac"


def _write(folder: Path, compose: Callable[[], Piece]) -> None:
    piece = compose()
    place = _place(folder, piece)
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".part")
    _encode(render(piece), unfinished)
    _tag(piece, unfinished)
    if piece.lyrics:
        place.with_suffix(".lrc").write_text(lrc(piece), encoding="utf-8")
    unfinished.replace(place)


def _encode(samples: Stereo, path: Path) -> None:
    """16-bit FLAC with triangular dither."""
    rng = np.random.default_rng(1)
    noise = rng.random(samples.shape, np.float32) - rng.random(samples.shape, np.float32)
    whole = np.clip(np.round(samples * 32767 + noise), -32768, 32767).astype(np.int16)
    with av.open(str(path), "w", format="flac") as container:
        stream = cast(
            "av.AudioStream",
            container.add_stream("flac", rate=RATE, layout="stereo", format="s16"),
        )
        for start in range(0, len(whole), RATE):
            block = np.ascontiguousarray(whole[start : start + RATE].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _tag(piece: Piece, path: Path) -> None:
    tags = FLAC(path)
    tags.update(
        {
            "title": piece.title,
            "artist": piece.artist,
            "albumartist": piece.artist,
            "album": piece.album,
            "tracknumber": str(piece.number),
            "date": str(piece.year),
            "genre": piece.genre,
            "composer": piece.songwriter.split("; "),
            "isrc": piece.isrc,
            "organization": piece.label,
            "copyright": "No rights reserved",
            "license": _LICENCE,
        }
    )
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", artwork.cover(piece.album)
    picture.width = picture.height = artwork.SIZE
    picture.depth = 24
    tags.add_picture(picture)
    tags.save()
