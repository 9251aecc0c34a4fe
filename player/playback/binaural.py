"""A file with more than two channels, made for earphones: 5.1, first-order ambisonics or stereo."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from player.playback.errors import SourceUnreadableError
from player.playback.pcm_wav import WavWriter
from player.playback.render import RenderSummary
from player.playback.sound.chain import Chain
from player.playback.sound.plan import SoundPlan
from player.playback.sound.processor import QUANTUM
from player.playback.sound.spatial import CHANNELS_OF, LAYOUTS, Layout, Surround

if TYPE_CHECKING:
    from player.playback.sound.convolve import Channels
    from player.playback.sound.head import Head


def render_binaural(path: Path, out: Path, head: "Head", layout: Layout | None) -> RenderSummary:
    """Write what two ears hear of a file; as long as the file, to the sample.

    Without a layout the channels say which it is. Blocks. Raises SourceUnreadableError,
    HeadUnreadableError or RecordingTooLongError.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise SourceUnreadableError(f"{path} holds no audio")
            stream = container.streams.audio[0]
            chosen = layout or layout_of(stream.channels, stream.layout.name)
            if stream.channels != CHANNELS_OF[chosen]:
                raise SourceUnreadableError(
                    f"{chosen} has {CHANNELS_OF[chosen]} channels, {path.name} {stream.channels}"
                )
            surround = Surround(head, chosen, stream.rate)
            return _written(_blocks(container, stream), surround, (out, stream.rate))
    except (av.FFmpegError, OSError) as error:
        raise SourceUnreadableError(f"{path} cannot be rendered: {error}") from error


def layout_of(channels: int, name: str) -> Layout:
    """What a file's channels are. Raises SourceUnreadableError.

    Four channels are ambisonics where the file says so; a file of four speakers says nothing.
    """
    found = [layout for layout in LAYOUTS if CHANNELS_OF[layout] == channels]
    if not found or (found == ["ambix"] and "ambisonic" not in name):
        remedy = f"say what they are with --layout {', '.join(LAYOUTS)}"
        raise SourceUnreadableError(
            f"{channels} channels ({name}) can be many things", remedy=remedy
        )
    return found[0]


def _blocks(
    container: "av.container.InputContainer", stream: "av.AudioStream"
) -> Iterator["Channels"]:
    """Frames of all channels."""
    resampler = av.AudioResampler(format="fltp")
    for frame in container.decode(stream):
        for planar in resampler.resample(frame):
            yield np.ascontiguousarray(planar.to_ndarray().T, np.float32)


def _written(
    blocks: Iterator["Channels"], surround: Surround, target: tuple[Path, int]
) -> RenderSummary:
    out, rate = target
    chain = Chain(lambda: SoundPlan(levels=True).steps(rate))
    taken = 0
    with WavWriter(out, rate) as writer:
        waiting: list[Channels] = []
        held = 0
        for block in blocks:
            waiting.append(block)
            taken, held = taken + len(block), held + len(block)
            if held >= QUANTUM:
                joined = np.concatenate(waiting)
                end = held - held % QUANTUM
                for at in range(0, end, QUANTUM):
                    writer.write(chain.push(surround.process(joined[at : at + QUANTUM])))
                waiting, held = [joined[end:]], held - end
        if held:
            joined = np.concatenate(waiting)
            padded = np.zeros((QUANTUM, joined.shape[1]), np.float32)
            padded[:held] = joined
            writer.write(chain.push(surround.process(padded)[:held]))
        writer.write(chain.finish())
    return RenderSummary(taken, rate, 1)
