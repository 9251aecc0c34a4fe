"""The sound path: CPU of decoding and playing, time to sound, memory. Ratios, no verdicts."""

import gc
import resource
import statistics
import threading
import time
import tracemalloc

import numpy as np

from player.adapters.audio_miniaudio import MiniaudioSink
from player.adapters.audio_mpv import MpvSink
from player.adapters.audio_null import NullSink
from player.playback.errors import SinkUnavailableError
from player.playback.output import Output
from player.playback.pcm_feed import Feed
from player.playback.splice import TrackDecoder
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_material import rendition

RATE = 44_100
SAMPLES = 40 * PIECE_SAMPLES
RUNGS = (96, 160, 320)
SINKS = {
    "null": NullSink,
    "miniaudio (null)": lambda: MiniaudioSink(backend="null"),
    "mpv (ao=null)": lambda: MpvSink(ao="null"),
}


def main():
    """Print everything."""
    for codec in ("aac", "vorbis"):
        decoding(codec)
        seeking(codec)
    resampling()
    memory()
    for name, make in SINKS.items():
        playing(name, make)


def cpu_s():
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def drain(pieces, rate_for=lambda rate: rate):
    """Decode everything; frames."""
    feed = Feed(pieces[0].track_id, 0, rate_for)
    for piece in pieces:
        feed.submit(piece)
    feed.finish()
    return sum(len(getattr(item, "pcm", ())) for item in iter(feed.next_item, None))


def per_minute(pieces, **options):
    """CPU seconds to decode a minute of audio."""
    begin = cpu_s()
    drain(pieces, **options)
    return (cpu_s() - begin) / (SAMPLES / RATE) * 60


def decoding(codec):
    """One rendition throughout, and another one at every border."""
    ladder = {kbps: rendition(SAMPLES, codec, kbps).pieces for kbps in RUNGS}
    for kbps, pieces in ladder.items():
        print(f"{codec} {kbps}: decode {per_minute(pieces):.3f} CPU s/min")
    switching = [ladder[RUNGS[k % 3]][k] for k in range(len(ladder[96]))]
    print(f"{codec}: decode, switched at every border {per_minute(switching):.3f} CPU s/min")


def seeking(codec):
    """Time until the first block of a random place is decoded."""
    pieces = rendition(SAMPLES, codec, 320).pieces
    rng = np.random.default_rng(1)
    taken = []
    for target in rng.integers(0, SAMPLES - 1_000, 100).tolist():
        begin = time.perf_counter()
        decoder = TrackDecoder(target)
        next(iter(decoder.decode(pieces[target // PIECE_SAMPLES])), None)
        taken.append((time.perf_counter() - begin) * 1e3)
    print(f"{codec}: first block at a random place, ms: {spread(taken)}")


def spread(values):
    """Median, 95th percentile and maximum."""
    ordered = sorted(values)
    high = ordered[int(len(ordered) * 0.95) - 1]
    return f"median {statistics.median(ordered):.1f}, p95 {high:.1f}, max {ordered[-1]:.1f}"


def resampling():
    """A track that joins one of another rate."""
    pieces = rendition(SAMPLES, "aac", 160).pieces
    print(f"aac 160 to 48 kHz: {per_minute(pieces, rate_for=lambda _: 48_000):.3f} CPU s/min")


def memory():
    """What an output holds with a long track waiting, without the encoded bytes."""
    pieces = rendition(SAMPLES, "aac", 160).pieces
    gc.collect()
    tracemalloc.start()
    output = Output(NullSink())
    output.start()
    begin(output, pieces, 0, 1)
    wait_for_sound(output, 0)
    threading.Event().wait(0.5)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    output.close()
    print(f"output with a full ring: {held / 2**20:.1f} MiB held, peak {peak / 2**20:.1f} MiB")


def begin(output, pieces, sample, generation):
    """Play from a sample, with everything at hand."""
    output.play_from("track", sample, generation)
    for piece in pieces[sample // PIECE_SAMPLES :]:
        output.submit(piece, generation)


def wait_for_sound(output, sample):
    """Milliseconds from now until the position has moved, less what was heard by then."""
    start = time.perf_counter()
    pause = threading.Event()
    while (heard := output.position()[1] - sample) <= 0:
        pause.wait(0.0005)
    return (time.perf_counter() - start - heard / RATE) * 1e3


def playing(name, make):
    """Start, seeks, and CPU while it simply plays."""
    pieces = rendition(SAMPLES, "aac", 160).pieces
    start = time.perf_counter()
    output = Output(make())
    try:
        output.start()
    except SinkUnavailableError as error:
        print(f"{name}: {error}")
        return
    opened = (time.perf_counter() - start) * 1e3
    begin(output, pieces, 0, 1)
    first = wait_for_sound(output, 0)
    seeks = []
    for generation, sample in enumerate((900_000, 70_000, 2_000_000, 500_000, 1_500_000), 2):
        threading.Event().wait(0.3)
        begin(output, pieces, sample, generation)
        seeks.append(wait_for_sound(output, sample))
    threading.Event().wait(0.5)
    spent = cpu_s()
    threading.Event().wait(6)
    spent = (cpu_s() - spent) * 10
    start = time.perf_counter()
    output.close()
    closed = (time.perf_counter() - start) * 1e3
    print(
        f"{name}: open {opened:.0f} ms, first sound {first:.1f} ms, seek ms {spread(seeks)}, "
        f"playing {spent:.2f} CPU s/min, close {closed:.0f} ms, underruns {output.underruns}"
    )


if __name__ == "__main__":
    main()
