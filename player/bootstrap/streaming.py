"""The parts that decide about streaming, what they remember, and what watches them."""

import os
import time
from pathlib import Path
from typing import NamedTuple

from player.adapters.network_linux import network
from player.bootstrap.servers import CurrentServer
from player.engine.home import Home
from player.engine.link_book import LinkBook
from player.engine.profiles import ServerBook
from player.engine.quality import QualityDesk, Wish
from player.playback.bandwidth import LinkEstimator
from player.playback.controller import Controller
from player.playback.diagnostics.link_log import LinkTap
from player.playback.diagnostics.recorder import Recorder
from player.playback.lane_setup import Policies
from player.playback.load_control import BufferControl, LoadNumbers
from player.playback.quality import BufferMap, Limits
from player.playback.thrift import Thrift
from player.playback.trace import TraceFile, Tracer, no_trace
from player.settings import StreamingSettings

WORTH_KEEPING = 8
"""Transfers of this run after which its rate is worth remembering."""


class Streaming(NamedTuple):
    """Made before the controller, which works with them."""

    policies: Policies
    thrift: Thrift
    recorder: Recorder
    tap: LinkTap
    links: LinkBook


def open_streaming(home: Home, settings: StreamingSettings, server: CurrentServer) -> Streaming:
    """Put them together, with what is remembered of this network. Blocks for small files."""
    links = LinkBook(home.session / "links.json", network)
    current = ServerBook(home).current
    remembered = links.recall(current.url) if current is not None else 0.0
    thrift = Thrift(BufferControl(LoadNumbers.with_target(settings.buffer_s)))
    recorder = Recorder(time.monotonic, _trace_file())
    return Streaming(
        Policies(LinkEstimator(remembered=remembered), thrift, BufferMap()),
        thrift,
        recorder,
        LinkTap(server, recorder.link, time.monotonic),
        links,
    )


def open_quality(
    home: Home, settings: StreamingSettings, controller: Controller, thrift: Thrift
) -> QualityDesk:
    """What the person chose, from now on in force."""

    def apply(limits: Limits, thrifty: bool) -> None:
        thrift.on = thrifty
        controller.set_limits(limits)

    wish = Wish(quality=settings.quality, metered=settings.metered)
    return QualityDesk(home.session / "quality.json", wish, apply)


def remember_link(streaming: Streaming, server: str) -> None:
    """Keep the rate of this network, once it is known well enough. Blocks; raises OSError."""
    estimate = streaming.policies.bandwidth.estimate()
    if estimate.transfers >= WORTH_KEEPING:
        streaming.links.note(server, estimate.slow)


def _trace_file() -> Tracer:
    path = os.environ.get("SEGUE_TRACE")
    return TraceFile(Path(path), time.monotonic) if path else no_trace
