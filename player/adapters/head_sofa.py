"""A measured head from a SOFA file (AES69), read by the system's libmysofa through ctypes.

The library brings the responses to any sample rate, makes them equally loud and finds the nearest
measured directions. Debian's libmysofa1 ships the head of the MIT KEMAR measurements beside it.
"""

import ctypes
import ctypes.util
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from player.playback.errors import HeadUnreadableError
from player.playback.sound.convolve import Filters
from player.playback.sound.head import Direction, with_bass

SYSTEM_FILES = (
    Path("/usr/share/libmysofa/default.sofa"),
    Path("/usr/local/share/libmysofa/default.sofa"),
    Path("/opt/homebrew/share/libmysofa/default.sofa"),
)
_NAMES = ("libmysofa.so.1", "libmysofa.1.dylib")
_MOST_TAPS = 1 << 16
_FLOATS = ctypes.POINTER(ctypes.c_float)
_INTS = ctypes.POINTER(ctypes.c_int)


def system_file() -> Path | None:
    """The head that came with the library."""
    return next((path for path in SYSTEM_FILES if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class SofaHead:
    """One file."""

    path: Path

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.resolve().stem

    def check(self) -> "SofaHead":
        """Itself, if it can be read. Raises HeadUnreadableError."""
        self.responses([Direction(0.0)], 48_000)
        return self

    def responses(self, directions: Sequence[Direction], rate: int) -> Filters:
        """Impulse responses at a sample rate. Raises HeadUnreadableError."""
        library = _library()
        taps, error = ctypes.c_int(0), ctypes.c_int(0)
        handle = library.mysofa_open(
            str(self.path).encode(), float(rate), ctypes.byref(taps), ctypes.byref(error)
        )
        if not handle:
            raise HeadUnreadableError(f"{self.path} cannot be read: libmysofa says {error.value}")
        try:
            if not 0 < taps.value <= _MOST_TAPS:
                raise HeadUnreadableError(f"{self.path} has responses of {taps.value} samples")
            return with_bass(_read(library, handle, directions, (taps.value, rate)), rate)
        finally:
            library.mysofa_close(handle)


def _read(
    library: Any, handle: int, directions: Sequence[Direction], size: tuple[int, int]
) -> Filters:
    taps, rate = size
    pairs = [(np.zeros((taps, 2)), (0, 0)) for _ in directions]
    for place, direction in enumerate(directions):
        left, right = (ctypes.c_float * taps)(), (ctypes.c_float * taps)()
        waits = ctypes.c_float(0), ctypes.c_float(0)
        library.mysofa_getfilter_float(
            handle, *direction.vector, left, right, ctypes.byref(waits[0]), ctypes.byref(waits[1])
        )
        response = np.stack([np.ctypeslib.as_array(left), np.ctypeslib.as_array(right)], 1)
        delays = round(waits[0].value * rate), round(waits[1].value * rate)
        pairs[place] = (response.astype(np.float64), delays)
    longest = max(max(delays) for _, delays in pairs)
    out = np.zeros((len(pairs), taps + longest, 2))
    for place, (response, delays) in enumerate(pairs):
        for ear, delay in enumerate(delays):
            out[place, delay : delay + taps, ear] = response[:, ear]
    return out


def _loaded() -> Any:
    for name in _NAMES:
        with suppress(OSError):
            return ctypes.CDLL(name)
    found = ctypes.util.find_library("mysofa")  # slow: it asks the linker
    if found is None:
        remedy = "install libmysofa (Debian: libmysofa1), or use segue spatial synthetic"
        raise HeadUnreadableError("libmysofa is not there", remedy=remedy)
    return ctypes.CDLL(found)


@cache
def _library() -> Any:
    """libmysofa. Raises HeadUnreadableError."""
    library = _loaded()
    library.mysofa_open.restype = ctypes.c_void_p
    library.mysofa_open.argtypes = [ctypes.c_char_p, ctypes.c_float, _INTS, _INTS]
    library.mysofa_getfilter_float.restype = None
    library.mysofa_getfilter_float.argtypes = [
        ctypes.c_void_p,
        *[ctypes.c_float] * 3,
        *[_FLOATS] * 4,
    ]
    library.mysofa_close.restype = None
    library.mysofa_close.argtypes = [ctypes.c_void_p]
    return library
