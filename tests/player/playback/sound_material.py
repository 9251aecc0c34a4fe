"""Music-like signals, and renditions of them cut into loaded pieces by the server's own muxers."""

import io
from dataclasses import dataclass
from functools import cache

import av
import numpy as np

from player.playback.pieces import LoadedPiece
from server_stub.engines.embedded.encode_codec import PacketEncoder
from server_stub.streaming.model.muxing import ClearPiece, muxer_for
from sync.wire.playback import PIECE_SAMPLES

AAC_DELAY = 1024


@dataclass(frozen=True)
class Rendition:
    pieces: tuple[LoadedPiece, ...]
    linear: np.ndarray
    """What an ordinary decoder makes of the whole file, encoder delay dropped, cut to length."""


@cache
def music(samples, rate=44100, seed=7):
    """Chords with beats and some noise: tonal, transient and broad parts."""
    rng = np.random.default_rng(seed)
    t = np.arange(samples) / rate
    left = np.zeros(samples)
    for step, root in enumerate(rng.choice([110, 131, 147, 165, 196, 220], 1 + samples // rate)):
        here = slice(step * rate, min(samples, (step + 1) * rate))
        for ratio in (1, 1.25, 1.5, 2, 3.01):
            left[here] += np.sin(2 * np.pi * root * ratio * t[here]) / (6 * ratio)
    beat = np.exp(-((t * 2) % 1) * 30)
    left += 0.3 * beat * rng.standard_normal(samples)
    left += 0.01 * rng.standard_normal(samples)
    right = np.roll(left, 31) * 0.8 + 0.02 * rng.standard_normal(samples)
    both = np.stack([left, right], 1) * 0.5
    return np.clip(both, -1, 1).astype(np.float32)


@cache
def rendition(samples, codec, kbps, *, rate=44100, seed=7, track_id="track"):
    return encode(music(samples, rate, seed), codec, kbps, rate=rate, track_id=track_id)


def encode(pcm, codec, kbps, *, rate=44100, track_id="track", offset_ids=""):
    encoder = PacketEncoder(codec, kbps, rate)
    muxer = muxer_for(encoder.setup, serial=kbps)
    init = muxer.beginning()
    cut = []
    planar = np.ascontiguousarray(pcm.T)
    for at in range(0, len(pcm), PIECE_SAMPLES):
        for packet in encoder.encode(np.ascontiguousarray(planar[:, at : at + PIECE_SAMPLES])):
            muxer.add(packet)
        cut += muxer.ready(min(len(pcm), at + PIECE_SAMPLES))
    for packet in encoder.flush():
        muxer.add(packet)
    cut += muxer.finish(len(pcm))
    pieces = tuple(_loaded(init, cut, len(pcm), (track_id, codec, kbps)))
    return Rendition(pieces, linear_decode(init + b"".join(c.data for c in cut), codec, len(pcm)))


def _loaded(init: bytes, cut: list[ClearPiece], total: int, names):
    track_id, codec, kbps = names
    before = b""
    for number, clear in enumerate(cut):
        yield LoadedPiece(
            track_id=track_id,
            piece=number,
            rendition_id=f"{track_id}-{codec}-{kbps}",
            codec=codec,
            kbps=kbps,
            init=init,
            preroll=before[len(before) - clear.preroll :] if clear.preroll else b"",
            preroll_first=clear.preroll_first,
            body=clear.data,
            lead=clear.lead,
            keep=min(PIECE_SAMPLES, total - number * PIECE_SAMPLES),
        )
        before = clear.data


def linear_decode(data, codec, total):
    """FFmpeg's own demuxer, one decoder from the first packet to the last."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        decoder = av.CodecContext.create(codec, "r")
        decoder.extradata = stream.codec_context.extradata
        decoder.sample_rate = stream.rate
        decoder.layout = "stereo"
        planes = [
            frame.to_ndarray()
            for packet in container.demux(stream)
            if packet.size
            for frame in decoder.decode(av.Packet(bytes(packet)))
        ]
    whole = np.concatenate(planes, 1).T
    delay = AAC_DELAY if codec == "aac" else 0
    return whole[delay : delay + total]
