"""libmpv as a PCM sink: one endless raw stream per source through a stream callback.

python-mpv's own stream protocol copies byte by byte (seven times the CPU) and keys its streams by
address; here the ring copies straight into mpv's buffer and one set of callbacks serves all.

The stream never ends: mpv plays up to 1/8 s of leftovers of its buffer at the end of a raw stream.
While there is nothing, the callback waits; mpv plays out what it has, stands still, and goes on at
once when there is more. mpv takes packets of 1/8 s, so the end of the music is pushed out with
silence, which does not count as position.
"""

import ctypes
import importlib
import locale
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from player.playback.errors import SinkLostError, SinkUnavailableError
from player.playback.ring import FRAME_BYTES
from player.playback.sink import PcmSource

_OPTIONS: dict[str, Any] = {
    "video": False,
    "ytdl": False,
    "config": False,
    "load_scripts": False,
    "terminal": False,
    "input_default_bindings": False,
    "osc": False,
    "audio_display": "no",
    "idle": "yes",
    "audio_client_name": "segue",
    "demuxer": "rawaudio",
    "demuxer_rawaudio_channels": "stereo",
    "demuxer_rawaudio_format": "floatle",
    # The shortest read-ahead there is (0.6 s; the defaults give 1.8 s).
    "audio_buffer": 0.2,
    "cache": "no",
    "demuxer_readahead_secs": 0,
    "stream_buffer_size": "4KiB",
}
_DEVICE_BUFFER_MS = {"pulse-buffer": 40, "alsa-buffer-time": 40_000}
"""What mpv keeps in the device, where its drivers let it be said (ALSA counts microseconds): volume
and pause are heard that much later."""
_READ_AHEAD_S = 0.62
_PROTOCOL = "segue"
_WAIT_S = 0.2
_LOADING_FAILED = -13


class MpvStream:
    """One source on its way into mpv."""

    def __init__(self, source: PcmSource, rate: int) -> None:
        self.cancelled = threading.Event()
        self._source = source
        self._padding_left = rate * FRAME_BYTES
        self._padding_size = self._padding_left
        self._sent = 0
        self._paddings: list[tuple[int, int]] = []
        """Stream byte where silence was put in, and how many bytes of it."""
        self._surplus = b""

    def read(self, address: int, size: int) -> int:
        """Fill mpv's buffer; waits for audio. 0 only when cancelled."""
        target = memoryview((ctypes.c_char * size).from_address(address)).cast("B")
        while not self.cancelled.is_set():
            count = self._fill(target)
            if count:
                self._sent += count
                return count
            if self._source.closed:
                self.cancelled.wait()
            elif self._source.ended:
                self.cancelled.wait(_WAIT_S / 10)
            else:
                self._source.wait(_WAIT_S)
        return 0

    def _fill(self, target: memoryview) -> int:
        whole = len(target) - len(target) % FRAME_BYTES
        if self._surplus or not whole:
            return self._fill_odd(target)
        count = self._source.read_into(target[:whole]) * FRAME_BYTES
        if count:
            self._padding_left = self._padding_size
            return count
        if not self._source.ended or not self._padding_left:
            return 0
        count = min(whole, self._padding_left)
        target[:count] = bytes(count)
        self._paddings.append((self._sent, count))
        self._padding_left -= count
        return count

    def _fill_odd(self, target: memoryview) -> int:
        """mpv asked for less than a frame: give it a part and keep the rest."""
        if not self._surplus:
            frame = bytearray(FRAME_BYTES)
            self._surplus = bytes(frame) if self._source.read_into(frame) else b""
        count = min(len(self._surplus), len(target))
        target[:count] = self._surplus[:count]
        self._surplus = self._surplus[count:]
        return count

    def audio_frames(self, stream_frames: int) -> int:
        """Frames of the source among the first frames of the stream."""
        at = stream_frames * FRAME_BYTES
        silent = sum(min(size, max(0, at - begin)) for begin, size in tuple(self._paddings))
        return (at - silent) // FRAME_BYTES


class MpvSink:
    """Plays through libmpv: any output that mpv knows."""

    name = "mpv"

    def __init__(self, *, ao: str = "", options: Mapping[str, str] | None = None) -> None:
        """`ao` chooses mpv's output driver (`null` needs no hardware), `options` are more of its
        own, like `audio_device`.
        """
        self._options = _OPTIONS | ({"ao": ao} if ao else {}) | dict(options or {})
        self._mpv: Any = None
        self._player: Any = None
        self._callbacks: list[Any] = []
        self._streams: dict[int, MpvStream] = {}
        self._number = 0
        self._rate = 0
        self._paused = False
        self._on_lost: Callable[[str], None] | None = None

    @property
    def latency_s(self) -> float:
        """mpv reads ahead; volume and pause do not wait for that."""
        return _READ_AHEAD_S

    def open(self, on_lost: Callable[[str], None]) -> None:
        """Load libmpv. Raises SinkUnavailableError."""
        locale.setlocale(locale.LC_NUMERIC, "C")  # libmpv refuses to start otherwise
        try:
            self._mpv = importlib.import_module("mpv")
            self._player = self._mpv.MPV(**self._options)
        except (ImportError, OSError, ValueError, AttributeError) as error:
            raise SinkUnavailableError(f"libmpv cannot be used: {error}") from error
        self._on_lost = on_lost
        for name, size in _DEVICE_BUFFER_MS.items():
            with suppress(AttributeError, TypeError, ValueError, SystemError):
                self._player[name] = size  # a build without that driver has no such
        self._add_protocol()
        self._player.event_callback("end-file", "shutdown")(self._ended)

    def rate_for(self, rate: int) -> int:
        """Any rate will do."""
        return rate

    def play(self, source: PcmSource, rate: int) -> None:
        """Play this source from now on."""
        if self._player is None:
            raise SinkLostError("mpv was closed")
        self._cancel()
        self._number += 1
        self._streams = {self._number: MpvStream(source, rate)}
        self._rate = rate
        try:
            self._player["demuxer-rawaudio-rate"] = rate
            self._player.command("loadfile", self._address, "replace")
            self._player.pause = self._paused
        except (OSError, SystemError, RuntimeError, ValueError) as error:
            raise SinkLostError(f"mpv does not play: {error}") from error

    def silence(self) -> None:
        """Pause mpv and let go of the source, so that its output stays open for the next one."""
        if self._player is not None and self._streams:
            self._player.pause = True
            self._cancel()
            self._streams = {}

    def pause(self) -> None:
        """Hold."""
        self._paused = True
        if self._player is not None:
            self._player.pause = True

    def resume(self) -> None:
        """Go on."""
        self._paused = False
        if self._player is not None:
            self._player.pause = False

    def position_frames(self) -> int:
        """Frames of the current source that have left the output."""
        player, stream, address = self._player, self._streams.get(self._number), self._address
        if player is None or stream is None:
            return 0
        seconds = player.audio_pts
        if seconds is None or player.path != address:
            return 0
        return stream.audio_frames(max(0, round(seconds * self._rate)))

    def set_volume(self, percent: float) -> None:
        """mpv's own volume: the cubic curve of `player.playback.sink.gain`."""
        if self._player is not None:
            self._player.volume = max(0, min(percent, 100))

    def close(self) -> None:
        """End mpv. A callback that waits is released first: mpv would wait for it forever."""
        player, self._player = self._player, None
        if player is not None:
            self._on_lost = None
            self._cancel()
            player.terminate()

    @property
    def _address(self) -> str:
        return f"{_PROTOCOL}://{self._number}"

    def _cancel(self) -> None:
        for stream in self._streams.values():
            stream.cancelled.set()

    def _ended(self, event: Any) -> None:
        """Our streams never end: one that does, or a core that stops, means the output is gone."""
        data = event.as_dict()
        kind, reason = data.get("event"), data.get("reason")
        lost = kind in {b"shutdown", "shutdown"} or reason in {b"error", "error"}
        if lost and self._on_lost is not None:
            self._on_lost(f"mpv: {data.get('file_error') or 'the output was closed'}")

    def _add_protocol(self) -> None:
        """Register the address scheme. The callbacks must live as long as mpv does."""
        mpv = self._mpv

        def read(cookie: int | None, buffer: Any, size: int) -> int:
            stream = self._streams.get(cookie or 0)
            return 0 if stream is None else stream.read(ctypes.addressof(buffer.contents), size)

        def cancel(cookie: int | None) -> None:
            stream = self._streams.get(cookie or 0)
            if stream is not None:
                stream.cancelled.set()

        def close(_cookie: int | None) -> None:
            """The stream is dropped when the next one is played."""

        read_fn = mpv.StreamReadFn(read)
        cancel_fn, close_fn = mpv.StreamCancelFn(cancel), mpv.StreamCloseFn(close)

        def open_stream(_user: Any, uri: bytes, info: Any) -> int:
            number = int(uri.rpartition(b"/")[2])
            if number not in self._streams:
                return _LOADING_FAILED
            content = info.contents
            content.cookie = number
            content.read, content.cancel, content.close = read_fn, cancel_fn, close_fn
            return 0

        open_fn = mpv.StreamOpenFn(open_stream)
        self._callbacks = [open_fn, read_fn, cancel_fn, close_fn]
        add = getattr(mpv, "_mpv_stream_cb_add_ro")  # noqa: B009 - private, but the only door
        add(self._player.handle, _PROTOCOL.encode(), None, open_fn)
