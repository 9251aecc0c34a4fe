"""Cost of preparing renditions, overhead of pieces by their size, and reads of the blob store.

usage: python -m tests.benchmarks.encode [TRACK]      (without a track: four minutes of tones)
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import obstore
from obstore.store import LocalStore

from server_stub.engines.embedded.blobs import ObstoreBlobs
from server_stub.engines.embedded.encode import encode
from server_stub.engines.embedded.encode_codec import PacketEncoder
from server_stub.engines.embedded.encode_source import SourceAudio
from server_stub.engines.embedded.loudness import LoudnessMeter
from server_stub.streaming.model.encoding import EncodeTask
from server_stub.streaming.model.muxing import muxer_for
from server_stub.streaming.model.ogg import checksum
from server_stub.streaming.model.renditions import LADDER
from tests.server_stub.streaming.material import music, target, write_wav

RATE = 44_100
SECONDS = 240
PIECE_SIZES = (32_768, 65_536, 131_072)
HEAD_BYTES, ENTRY_BYTES = 32, 26  # of an index


def main(path=None):
    """Print everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if path is None:
            path = write_wav(folder / "source.wav", music(SECONDS * RATE))
        seconds, blocks = decoding(path)
        measuring(blocks, seconds)
        packets = rungs(blocks, seconds)
        whole_pass(path, folder, seconds)
        overhead(packets, seconds)
        asyncio.run(reading(folder))
        checksums()


def cpu_s():
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def row(name, seconds, spent, more=""):
    """One line of the cost table."""
    print(
        f"{name:28s} {seconds / spent:7.1f} x real time  {1000 * spent / seconds:7.2f} ms/s  {more}"
    )


def decoding(path):
    """Decode once, and keep the blocks for the rest."""
    begin = cpu_s()
    source = SourceAudio(os.fsencode(path))
    blocks = list(source.blocks())
    spent = cpu_s() - begin
    source.close()
    seconds = source.samples / source.rate
    print(f"{Path(path).name}: {seconds:.1f} s at {source.rate} Hz; CPU, one process")
    row("decode", seconds, spent)
    return seconds, (source.rate, blocks)


def measuring(source, seconds):
    """Loudness, true peak and edges."""
    rate, blocks = source
    begin, meter = cpu_s(), LoudnessMeter(rate)
    for block in blocks:
        meter.add(block)
    result = meter.result()
    row("loudness and true peak", seconds, cpu_s() - begin, f"{result.lufs} LUFS")


def rungs(source, seconds):
    """Each encoder by itself, without container and encryption; its packets."""
    rate, blocks = source
    made = {}
    for codec, kbps in LADDER:
        begin, encoder = cpu_s(), PacketEncoder(codec, kbps, rate)
        packets = [packet for block in blocks for packet in encoder.encode(block)]
        packets += encoder.flush()
        size = sum(map(len, packets))
        row(f"encode {codec} {kbps}", seconds, cpu_s() - begin, f"{size / seconds / 125:.1f} kbps")
        made[codec, kbps] = encoder.setup, packets
    return made


def whole_pass(path, folder, seconds):
    """What the workers do for one track: all of it, files written and synced."""
    targets = tuple(target(folder, codec, kbps) for codec, kbps in LADDER)
    task = EncodeTask(id="all", source=os.fsencode(path), targets=targets, measure=True)
    events, begin = [], cpu_s()
    for _ in encode(task, events.append):
        pass
    row("whole ladder in one pass", seconds, cpu_s() - begin)
    print(f"a 4-minute track costs {240 * (cpu_s() - begin) / seconds:.1f} CPU s")


def overhead(packets, seconds):
    """Bytes beside the packets, for each piece size; and what one switch fetches twice."""
    print("container and index beside the packets; pre-roll that a switch adds")
    for setup, data in packets.values():
        raw = sum(map(len, data))
        for size in PIECE_SIZES:
            muxer = muxer_for(setup, serial=1, piece_samples=size)
            init = len(muxer.beginning())
            for packet in data:
                muxer.add(packet)
            pieces = list(muxer.finish(int(seconds * setup.sample_rate)))
            extra = sum(len(piece.data) for piece in pieces) - raw
            index = HEAD_BYTES + ENTRY_BYTES * len(pieces)
            preroll = sum(piece.preroll for piece in pieces) / max(len(pieces) - 1, 1)
            print(
                f"{setup.codec:6s} {setup.kbps:3d}  piece {size:6d}: "
                f"container {extra / seconds / 125:5.2f} kbps {100 * extra / raw:5.2f} %, "
                f"init {init} B, index {index} B {index / seconds / 125:4.2f} kbps, "
                f"pre-roll {preroll:5.0f} B a switch"
            )


async def reading(folder):
    """One 64 KB range, inline by pread and through obstore."""
    blobs, data = ObstoreBlobs.at(folder / "blobs"), os.urandom(8 << 20)
    await blobs.put("ab/data.m4a", data)
    store, rounds, size = LocalStore(prefix=folder / "blobs"), 2000, 65_536

    async def through_obstore(start):
        return bytes(
            await obstore.get_range_async(store, "ab/data.m4a", start=start, end=start + size)
        )

    async def by_pread(start):
        return await blobs.read("ab/data.m4a", start, start + size)

    for name, read in (("pread", by_pread), ("obstore get_range", through_obstore)):
        await read(0)
        begin, spent = time.perf_counter(), cpu_s()
        for number in range(rounds):
            await read(number * 4001 % (len(data) - size))
        print(
            f"64 KB range, {name:18s} {(time.perf_counter() - begin) / rounds * 1e6:6.1f} us wall, "
            f"{(cpu_s() - spent) / rounds * 1e6:6.1f} us CPU"
        )


def checksums():
    """Ogg's CRC by way of zlib."""
    page, rounds = os.urandom(60_000), 500
    begin = cpu_s()
    for _ in range(rounds):
        checksum(page)
    print(f"Ogg checksum: {len(page) * rounds / (cpu_s() - begin) / 1e6:.0f} MB/s")


if __name__ == "__main__":
    main(*sys.argv[1:2])
