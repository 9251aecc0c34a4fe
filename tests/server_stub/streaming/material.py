"""Synthetic music, encodes of it, and a decoder written after the format's description alone."""

import os
import shutil
import struct
import subprocess
import wave
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import av
import numpy as np

from drm.format import envelope
from server_stub.engines.embedded.encode import encode
from server_stub.streaming.model.encoding import (
    Began,
    Encoded,
    EncodeTask,
    Failed,
    PieceWritten,
    Target,
)
from server_stub.streaming.model.manifests import GrowingIndex
from sync.wire.ids import new_id
from sync.wire.index import RenditionIndex, decode_index
from sync.wire.playback import PIECE_SAMPLES

WESNOTH = Path("/usr/share/games/wesnoth/1.16/data/core/music")
FFMPEG = shutil.which("ffmpeg")


def music(samples, rate=44_100, channels=2, seed=1):
    """Tones that glide, a beat with sharp attacks (short Vorbis blocks), a little noise."""
    random = np.random.default_rng(seed)
    time = np.arange(samples) / rate
    glide = np.sin(2 * np.pi * (220 + 30 * np.sin(time / 3)) * time)
    beat = np.exp(-18 * (time % 0.5)) * np.sin(2 * np.pi * 880 * time)
    planes = [
        0.25 * glide + 0.3 * np.roll(beat, 700 * side) + 0.02 * random.standard_normal(samples)
        for side in range(channels)
    ]
    return np.stack(planes).astype(np.float32)


def tone(samples, rate=44_100):
    """A steady tone: libvorbis makes only long blocks of it."""
    wave_form = 0.2 * np.sin(2 * np.pi * 441 * np.arange(samples) / rate)
    return np.stack([wave_form, wave_form]).astype(np.float32)


def write_wav(path, pcm, rate=44_100):
    """16-bit WAV, without rounding noise worth mentioning; returns the path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(pcm.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((pcm.T * 32767).round().astype("<i2").tobytes())
    return path


@dataclass
class Made:
    """One rendition as an encoder left it."""

    target: Target
    index: RenditionIndex
    stored: bytes
    sample_rate: int
    total: int
    events: list

    @cached_property
    def clear(self):
        return envelope.apply(self.target.content_key, 0, self.stored)

    @cached_property
    def linear(self):
        packets = [packet for k in range(len(self.index.pieces)) for packet in packets_of(self, k)]
        return decode(decoder(self), packets)[:, self.index.pieces[0].lead :]


def target(folder, codec, kbps):
    rendition_id = new_id()
    path = os.fspath(folder / f"{rendition_id}.part")
    key = envelope.new_content_key()
    return Target(rendition_id=rendition_id, codec=codec, kbps=kbps, content_key=key, path=path)


def run(source, targets, *, measure=False):
    """Events of one task."""
    task = EncodeTask(
        id="task", source=os.fsencode(source), targets=tuple(targets), measure=measure
    )
    events = []
    for _ in encode(task, events.append):
        pass
    return events


def make(source, folder, rungs):
    """Encode a file; the renditions, in the order asked for."""
    targets = [target(folder, codec, kbps) for codec, kbps in rungs]
    events = run(source, targets)
    done = events[-1]
    assert isinstance(done, Encoded), done
    return [_made(one, events, done) for one in targets]


def failure(source, folder):
    """The reason why a file cannot be encoded."""
    last = run(source, [target(folder, "aac", 96)])[-1]
    assert isinstance(last, Failed), last
    return last


def _made(one, events, done):
    growing = GrowingIndex(one.codec)
    for event in events:
        if isinstance(event, Began) and event.rendition_id == one.rendition_id:
            growing.begin(event)
        if isinstance(event, PieceWritten) and event.rendition_id == one.rendition_id:
            growing.add(event)
    stored = Path(one.path).read_bytes()
    index = decode_index(growing.snapshot())
    return Made(one, index, stored, done.sample_rate, done.duration_samples, events)


def decoder(made):
    """A fresh decoder, set up from the file's first bytes alone."""
    init = made.clear[: made.index.init_bytes]
    found = av.CodecContext.create(made.target.codec, "r")
    found.extradata = aac_config(init) if made.target.codec == "aac" else vorbis_config(init)
    found.sample_rate = made.sample_rate
    found.layout = "stereo"
    return found


def decode(context, packets):
    frames = [frame.to_ndarray() for data in packets for frame in context.decode(av.Packet(data))]
    return np.concatenate(frames, axis=1) if frames else np.zeros((2, 0), np.float32)


def packets_of(made, number):
    """Packets of a piece, without its pre-roll."""
    piece = made.index.pieces[number]
    data = made.clear[piece.offset : piece.end]
    return aac_packets(data) if made.target.codec == "aac" else ogg_packets(data)


def preroll_of(made, number):
    """Packets that warm a decoder up for a piece."""
    piece = made.index.pieces[number]
    data = made.clear[piece.start : piece.offset]
    if not data or made.target.codec == "vorbis":
        return ogg_packets(data)
    return [data[: piece.preroll_first], data[piece.preroll_first :]]


def linear(made):
    """The whole rendition through one decoder, from the track's first sample on."""
    return made.linear


def alone(made, number):
    """One piece through a fresh decoder: samples, and how many of them lie before its border."""
    packets = preroll_of(made, number) + packets_of(made, number)
    return decode(decoder(made), packets), made.index.pieces[number].lead


def kept(made, number):
    return min(PIECE_SAMPLES, made.total - number * PIECE_SAMPLES)


def boxes(data):
    found, at = [], 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind, data[at + 8 : at + size]))
        at += size
    return found


def child(data, *path):
    for kind in path:
        data = dict(boxes(data))[kind]
    return data


def aac_config(init):
    table = child(init, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entry = child(table[8:], b"mp4a")
    descriptors = child(entry[28:], b"esds")[4:]
    config = descriptors.index(b"\x05", 20)
    return descriptors[config + 2 : config + 2 + descriptors[config + 1]]


def aac_packets(data):
    (moof_kind, moof), (mdat_kind, mdat) = boxes(data)
    assert (moof_kind, mdat_kind) == (b"moof", b"mdat")
    run_box = child(moof, b"traf", b"trun")
    count, offset = struct.unpack_from(">Ii", run_box, 4)
    assert offset == len(moof) + 16
    found, at = [], 0
    for size in struct.unpack_from(f">{count}I", run_box, 12):
        found.append(mdat[at : at + size])
        at += size
    assert at == len(mdat)
    return found


def ogg_pages(data):
    """(flags, granule, serial, sequence, packets) of every page; a packet never spans two."""
    found, at = [], 0
    while at < len(data):
        magic, version, flags, granule, serial, number, _crc, count = struct.unpack_from(
            "<4sBBqIIIB", data, at
        )
        assert (magic, version) == (b"OggS", 0)
        laces = data[at + 27 : at + 27 + count]
        at += 27 + count
        packets, size = [], 0
        for lace in laces:
            size += lace
            if lace < 255:
                packets.append(data[at : at + size])
                at, size = at + size, 0
        assert size == 0
        found.append((flags, granule, serial, number, packets))
    return found


def ogg_packets(data):
    return [packet for page in ogg_pages(data) for packet in page[4]]


def vorbis_config(init):
    first, second, third = ogg_packets(init)

    def laced(size):
        return b"\xff" * (size // 255) + bytes((size % 255,))

    return b"\x02" + laced(len(first)) + laced(len(second)) + first + second + third


def ffmpeg(*arguments):
    """Run FFmpeg: (standard output, what it complained about)."""
    done = subprocess.run(
        [FFMPEG, "-nostdin", "-v", "warning", *map(str, arguments)],
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr.decode()
