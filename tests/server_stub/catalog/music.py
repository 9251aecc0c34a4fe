"""Small audio files made on the spot, in every format the import reads."""

import functools
import io
import wave
from fractions import Fraction
from pathlib import Path

import av
import mutagen
import numpy as np

_CODECS = {
    ".ogg": ("ogg", "libvorbis"),
    ".opus": ("ogg", "libopus"),
    ".flac": ("flac", "flac"),
    ".mp3": ("mp3", "libmp3lame"),
    ".m4a": ("ipod", "aac"),
}
RATE = 48_000


@functools.cache
def sound(ending: str, seconds: float = 0.5, pitch: int = 440) -> bytes:
    """One tone as a whole file of this kind."""
    samples = np.sin(np.arange(int(RATE * seconds)) * 2 * np.pi * pitch / RATE) * 0.3
    pcm = np.repeat((samples * 32767).astype(np.int16), 2).reshape(1, -1)
    out = io.BytesIO()
    if ending == ".wav":
        with wave.open(out, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(pcm.tobytes())
        return out.getvalue()
    container, codec = _CODECS[ending]
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate = RATE
        frame.pts = 0
        frame.time_base = Fraction(1, RATE)
        resampler = av.AudioResampler(
            format=stream.format.name, layout="stereo", rate=RATE, frame_size=stream.frame_size
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return out.getvalue()


def write(path: Path, pitch: int = 440, /, **tags: str | list[str]) -> Path:
    """A tagged file; the name's ending says which kind. Tags are named as Vorbis comments."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound(path.suffix, pitch=pitch))
    if tags:
        file = mutagen.File(path, easy=True)
        if file.tags is None:
            file.add_tags()
        for name, value in tags.items():
            file.tags[name] = value
        file.save()
    return path
