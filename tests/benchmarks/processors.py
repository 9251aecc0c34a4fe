"""Sound processors: CPU of each for a minute of audio, and how soon a change is heard."""

import statistics
import threading
import time

import numpy as np

from player.adapters.audio_miniaudio import MiniaudioSink
from player.adapters.audio_mpv import MpvSink
from player.adapters.audio_null import NullSink
from player.adapters.head_sofa import SofaHead, system_file
from player.playback.errors import SinkUnavailableError
from player.playback.output import Output
from player.playback.pcm_convert import RateConverter
from player.playback.pcm_feed import Feed
from player.playback.sound.chain import Chain
from player.playback.sound.crossfade import Crossfader
from player.playback.sound.equaliser import PRESETS
from player.playback.sound.head import SphericalHead
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.processor import QUANTUM
from player.playback.sound.shape import TrackShape
from player.playback.sound.spatial import CHANNELS_OF, LAYOUTS, Surround
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_material import music, rendition

RATE = 44_100
SECONDS = 60
BLOCK = 8_192
CHANGES = 40
GOAL_CPU_S = 0.5
SINKS = {
    "null": NullSink,
    "miniaudio (null)": lambda: MiniaudioSink(backend="null"),
    "mpv (ao=null)": lambda: MpvSink(ao="null"),
}
GOAL_HEARD_MS = 50.0
GOAL_SEEK_MS = 20.0


def main():
    """Print everything."""
    pcm = music(SECONDS * RATE) * np.float32(0.7)
    plans()
    for name, plan in PLANS.items():
        print(f"{name}: {cost(lambda plan=plan: drain(plan, pcm)):.3f} CPU s a minute of audio")
    print(f"limiter at work (+12 dB): {cost(lambda: drain(PLANS['limiter'], pcm * 4)):.3f}")
    print(f"crossfade, one 12 s fade a minute: {cost(lambda: fade(pcm)):.3f}")
    for layout in LAYOUTS:
        print(f"binaural rendering of {layout}: {cost(lambda one=layout: surround(one)):.3f}")
    print(f"44.1 to 48 kHz: {cost(lambda: convert(pcm)):.3f}")
    decoding()
    changes()
    for name, make in SINKS.items():
        holding(name, make)


PLANS = {}


def plans():
    head = SphericalHead() if system_file() is None else SofaHead(system_file())
    PLANS.update(
        {
            "everything off": UNTOUCHED,
            "limiter": SoundPlan(levels=True),
            "equaliser, 3 bands, and limiter": SoundPlan(curve=PRESETS["voice"]),
            f"speakers ({head.name}) and limiter": SoundPlan(head=head),
            "mono": SoundPlan(mono=True),
            "speed 1.5": SoundPlan(speed=1.5),
            "speed 0.75": SoundPlan(speed=0.75),
            "all of it at once": SoundPlan(1.25, PRESETS["voice"], head, mono=True, levels=True),
        }
    )


def cost(work):
    """CPU seconds of a piece of work, the better of two."""
    taken = []
    for _turn in range(2):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def drain(plan, pcm):
    chain = Chain(lambda: plan.steps(RATE))
    for at in range(0, len(pcm), BLOCK):
        chain.push(pcm[at : at + BLOCK])
    chain.finish()


def fade(pcm):
    crossfader = Crossfader()
    half = len(pcm) // 2
    for part in (pcm[:half], pcm[half:]):
        shape = TrackShape(total=half, fade_in_s=12.0, fade_out_s=12.0)
        crossfader.begin(shape, RATE, half, at_start=True)
        for at in range(0, half, BLOCK):
            crossfader.push(part[at : at + BLOCK])
    crossfader.abandon()


def surround(layout):
    channels = np.zeros((QUANTUM, CHANNELS_OF[layout]), np.float32)
    renderer = Surround(SphericalHead(), layout, RATE)
    for _block in range(SECONDS * RATE // QUANTUM):
        renderer.process(channels)


def convert(pcm):
    converter = RateConverter(RATE, 48_000)
    for at in range(0, len(pcm), BLOCK):
        converter.convert(pcm[at : at + BLOCK])
    converter.finish()


def decoding():
    """The whole way from pieces to PCM with everything off."""
    pieces = rendition(40 * PIECE_SAMPLES, "aac", 160).pieces

    def work():
        feed = Feed("track", 0, lambda rate: rate)
        for piece in pieces:
            feed.submit(piece)
        feed.finish()
        while feed.next_item() is not None:
            pass

    spent = cost(work) * 60 * RATE / (40 * PIECE_SAMPLES)
    print(f"decode and join, everything off: {spent:.3f} (goal {GOAL_CPU_S})")


def changes():
    """From the call to the first frame that is processed anew, as for a seek in memory."""
    pieces = rendition(40 * PIECE_SAMPLES, "aac", 160).pieces
    output = Output(NullSink())
    output.start()
    rng = np.random.default_rng(1)
    begin(output, pieces, 0, 1)
    generation = 1
    for name, plan in PLANS.items():
        taken = []
        for sample in rng.integers(0, 38 * PIECE_SAMPLES, CHANGES).tolist():
            generation += 1
            output.arrange(plan)
            start = time.perf_counter()
            begin(output, pieces, sample, generation)
            wait_for_sound(output, sample)
            taken.append((time.perf_counter() - start) * 1e3)
        goal = GOAL_SEEK_MS if plan.idle else GOAL_HEARD_MS
        print(
            f"change or seek, heard with {name}: median {statistics.median(taken):.1f} ms, "
            f"p95 {sorted(taken)[int(0.95 * CHANGES)]:.1f} (goal {goal:.0f})"
        )
    output.close()


def holding(name, make):
    """How long volume and pause take: the call itself, and what is heard after a pause."""
    pieces = rendition(40 * PIECE_SAMPLES, "aac", 160).pieces
    output = Output(make())
    try:
        output.start()
    except SinkUnavailableError as error:
        print(f"{name}: {error}")
        return
    begin(output, pieces, 0, 1)
    wait_for_sound(output, 0)
    pause = threading.Event()
    volumes, pauses, after = [], [], []
    for turn in range(CHANGES):
        pause.wait(0.05)
        volumes.append(milliseconds(lambda level=40 + turn: output.set_volume(level)))
        before = output.position()[1]
        pauses.append(milliseconds(output.pause))
        pause.wait(0.15)
        after.append((output.position()[1] - before) / RATE * 1e3)
        output.resume()
    output.close()
    print(
        f"{name}: volume {statistics.median(volumes):.2f} ms, pause {statistics.median(pauses):.2f}"
        f" ms, heard after it median {statistics.median(after):.1f}, max {max(after):.1f} (goal 50)"
    )


def milliseconds(work):
    """How long a call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def begin(output, pieces, sample, generation):
    """Play from a sample, with everything at hand."""
    output.play_from("track", sample, generation)
    for piece in pieces[sample // PIECE_SAMPLES :]:
        output.submit(piece, generation)


def wait_for_sound(output, sample):
    pause = threading.Event()
    while output.position()[1] <= sample:
        pause.wait(0.0005)


if __name__ == "__main__":
    main()
