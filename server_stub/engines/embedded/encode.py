"""A pass over one source: decoded once, it feeds every rendition asked for and the meters."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import av.error

from server_stub.engines.embedded.encode_ending import Ending
from server_stub.engines.embedded.encode_file import RenditionFile, Tell
from server_stub.engines.embedded.encode_source import SourceAudio
from server_stub.engines.embedded.loudness import LoudnessMeter
from server_stub.streaming.errors import SourceDamagedError, StreamDamagedError
from server_stub.streaming.model.encoding import Encoded, EncodeTask, Failed, Opened


def encode(task: EncodeTask, tell: Tell) -> Iterator[None]:
    """Work through a task, and yield after every block so that others can go first.

    The last event is always Encoded or Failed, unless the caller gives up before.
    """
    try:
        yield from _encode(task, tell)
    except SourceDamagedError as error:
        tell(Failed(task_id=task.id, reason=error.detail, permanent=True))
    except (StreamDamagedError, av.error.FFmpegError, OSError) as error:
        tell(Failed(task_id=task.id, reason=str(error), permanent=False))


def _encode(task: EncodeTask, tell: Tell) -> Iterator[None]:
    with ExitStack() as open_files:
        source = open_files.enter_context(closing(SourceAudio(task.source)))
        tell(Opened(task_id=task.id, sample_rate=source.rate))
        files = [
            open_files.enter_context(closing(RenditionFile(task.id, target, source.rate, tell)))
            for target in task.targets
        ]
        meter = LoudnessMeter(source.rate) if task.measure else None
        ending = Ending(source.rate) if task.measure else None
        for block in source.blocks():
            for file in files:
                file.write(block)
            if meter and ending:
                meter.add(block)
                ending.add(block)
            yield
        for file in files:
            file.finish()
            yield
        tell(
            Encoded(
                task_id=task.id,
                sample_rate=source.rate,
                duration_samples=source.samples,
                loudness=meter.result() if meter else None,
                damage=source.damage,
                note="" if source.damage or not ending else ending.note(),
            )
        )
