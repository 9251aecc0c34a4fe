"""The fallback sink: miniaudio, which is one self-contained wheel.

Its callback must not wait, so what is missing is silence, and the position is worked out from a
short log of what was delivered when.
"""

import importlib
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from player.playback.decode import CHANNELS
from player.playback.errors import SinkLostError, SinkUnavailableError
from player.playback.ring import FRAME_BYTES
from player.playback.sink import PcmSource, gain

_PERIOD_MS = 25
"""Volume and pause are heard two of them later."""
_STUCK_S = 2.0
_LOG_LENGTH = 64
_USUAL_RATE = 44_100
_FADE_FRAMES = 256


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One answer to the device, and when the device plays it."""

    begins_s: float
    ends_s: float
    before: int
    frames: int


class DeliveryLog:
    """Which frame is heard now, from what was delivered when.

    Deliveries play one after the other. Where the source had less than the device asked for, the
    rest is silence and no frame.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._deliveries: deque[_Delivery] = deque(maxlen=_LOG_LENGTH)
        self._total = 0

    def add(self, at_s: float, frames: int, asked: int) -> None:
        """The device asked for some frames and got that many of the source."""
        length_s = asked / self._rate
        begins_s = at_s
        if self._deliveries:
            # The device asks ahead, but never further than its buffer is long: that bound keeps
            # the two clocks from drifting apart.
            begins_s = min(max(at_s, self._deliveries[-1].ends_s), at_s + 2 * length_s)
        self._deliveries.append(_Delivery(begins_s, begins_s + length_s, self._total, frames))
        self._total += frames

    def heard(self, now_s: float) -> int:
        """Frames heard by now."""
        for delivery in reversed(tuple(self._deliveries)):
            if delivery.begins_s <= now_s:
                played = int((now_s - delivery.begins_s) * self._rate)
                return delivery.before + min(delivery.frames, played)
        return 0


class MiniaudioSink:
    """Plays through PulseAudio, ALSA, JACK, Core Audio or WASAPI, whichever is there."""

    name = "miniaudio"

    def __init__(self, *, backend: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """`backend` forces one by name; `null` needs no hardware."""
        self._backend = backend
        self._clock = clock
        self._miniaudio: Any = None
        self._device: Any = None
        self._gone = False
        """The device stopped asking: the next source gets a new one."""
        self._turn = threading.Lock()
        self._source: PcmSource | None = None
        self._rate = 0
        self._log = DeliveryLog(_USUAL_RATE)
        self._called_at_s = 0.0
        self._paused = False
        self._gain = self._gain_heard = 1.0
        self._on_lost: Callable[[str], None] | None = None

    @property
    def latency_s(self) -> float:
        """Two periods wait in the device."""
        return 2 * _PERIOD_MS / 1000

    def open(self, on_lost: Callable[[str], None]) -> None:
        """Look for a device. Raises SinkUnavailableError."""
        try:
            self._miniaudio = importlib.import_module("miniaudio")
            self._start_device(_USUAL_RATE)
        except (ImportError, OSError, KeyError) as error:
            raise SinkUnavailableError(f"miniaudio cannot be used: {error}") from error
        except self._miniaudio.MiniaudioError as error:
            raise SinkUnavailableError(f"no audio device: {error}") from error
        self._on_lost = on_lost

    def rate_for(self, rate: int) -> int:
        """Any rate will do: miniaudio converts to the device's own."""
        return rate

    def play(self, source: PcmSource, rate: int) -> None:
        """Play this source from now on. Raises SinkLostError."""
        try:
            if self._device is None or self._gone or rate != self._rate:
                self._stop_device()
                self._start_device(rate)
        except self._miniaudio.MiniaudioError as error:
            raise SinkLostError(f"no audio device: {error}") from error
        with self._turn:
            self._source = source
            self._log = DeliveryLog(rate)
            self._called_at_s = self._clock()

    def silence(self) -> None:
        """Deliver nothing; what the device holds is a tenth of a second."""
        with self._turn:
            self._source = None
            self._log = DeliveryLog(self._rate)

    def pause(self) -> None:
        """Hold."""
        with self._turn:
            self._paused = True

    def resume(self) -> None:
        """Go on."""
        with self._turn:
            self._paused = False

    def position_frames(self) -> int:
        """Frames heard, by the device's requests."""
        now_s = self._clock()
        with self._turn:
            heard = self._log.heard(now_s)
            stuck = self._source is not None and now_s - self._called_at_s > _STUCK_S
        if stuck:
            self._lose()
        return heard

    def set_volume(self, percent: float) -> None:
        """Applied to what is delivered from now on, with a short ramp."""
        self._gain = gain(percent)

    def close(self) -> None:
        """Give the device back."""
        self._on_lost = None
        with self._turn:
            self._source = None
        self._stop_device()

    def _start_device(self, rate: int) -> None:
        backends = [self._miniaudio.Backend[self._backend.upper()]] if self._backend else []
        device = self._miniaudio.PlaybackDevice(
            output_format=self._miniaudio.SampleFormat.FLOAT32,
            nchannels=CHANNELS,
            sample_rate=rate,
            buffersize_msec=_PERIOD_MS,
            backends=backends,
            app_name="segue",
        )
        answers = self._answers()
        next(answers)
        device.start(answers)
        self._device, self._rate, self._gone = device, rate, False

    def _stop_device(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _lose(self) -> None:
        """The device stopped asking: miniaudio's own notice of that does not always come."""
        self.silence()
        self._gone = True
        on_lost = self._on_lost
        if on_lost is not None:
            on_lost("the audio device does not ask for sound any more")

    def _answers(self) -> Generator[bytearray, int, None]:
        frames = yield bytearray()
        while True:
            frames = yield self._deliver(frames)

    def _deliver(self, frames: int) -> bytearray:
        buffer = bytearray(frames * FRAME_BYTES)
        with self._turn:
            self._called_at_s = self._clock()
            if self._source is not None and not self._paused:
                count = self._source.read_into(buffer)
                self._log.add(self._called_at_s, count, frames)
        self._apply_gain(buffer)
        return buffer

    def _apply_gain(self, buffer: bytearray) -> None:
        before, self._gain_heard = self._gain_heard, self._gain
        if before == self._gain_heard == 1.0:
            return
        pcm = np.frombuffer(buffer, np.float32).reshape(-1, CHANNELS)
        ramp = min(_FADE_FRAMES, len(pcm))
        pcm[:ramp] *= np.linspace(before, self._gain_heard, ramp, dtype=np.float32)[:, None]
        pcm[ramp:] *= np.float32(self._gain_heard)
