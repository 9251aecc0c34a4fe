"""The table of faults: what goes wrong, what is heard, what is seen, what helps.

`docs/recovery.md` holds the same table for people; a test compares the two. In `seen` and `remedy`
N stands for any number and HOST for the server's name.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from player.app import ENGINE_BACK, ENGINE_GONE, ENGINE_REMEDY
from tests.journeys.fault_proxy import Fault, media
from tests.journeys.fault_stage import HOST, FaultStage

GOES_ON = "nothing: playing goes on"
FROM_BUFFER = "nothing as long as the buffer lasts, then it waits and goes on by itself"
SIGN_IN = "nothing as long as the buffer lasts, then it waits until you sign in"
DEVICE = "nothing, as long as there is no device; then it goes on where it was"
NEXT = "the track as far as it is here, then the next one"
AWAY = "The server is away: N s are buffered, trying again by itself"
UNREACHABLE = "check that the server runs; what is buffered goes on playing"
AGAIN = "the server should prepare this track again"


@dataclass(frozen=True)
class Row:
    """One fault. Rows without `begin` have a test of their own among the accidents."""

    name: str
    begin: Callable[[FaultStage], Any] | None
    heard: str = GOES_ON
    seen: str = ""
    """The notice; empty: nothing is told, for it is over at once."""
    remedy: str = ""
    heal: Callable[[FaultStage], Any] | None = None
    """After ten seconds; what began to be told is then told to be over."""
    over: str = "The server is back"
    """What is told when it is healed."""
    requests: int = 60
    """At most so many in the ten seconds."""
    secure: bool = False
    check: Callable[[FaultStage], None] = lambda stage: None
    """What else must be so at the end."""

    @property
    def moves_on(self):
        """Whether another track plays in the end."""
        return self.heard == NEXT

    @property
    def silent(self):
        """Whether nothing is heard until it is healed."""
        return self.heard == DEVICE

    @property
    def waits(self):
        """Whether nothing plays in the end."""
        return self.heard == SIGN_IN


async def done(result):
    """A step may be a function or a coroutine."""
    if inspect.isawaitable(result):
        await result


def proxied(**what):
    """A fault of the proxy."""

    def begin(stage):
        stage.proxy.faults.append(Fault(**what))

    return begin


def healed(stage):
    stage.proxy.faults.clear()


def first_track(stage):
    return stage.server.tracks[stage.controller.state()["track"]["id"]]


def renditions_of_first_track(stage):
    return {stored.id for stored in first_track(stage).renditions}


def flipped(data):
    return bytes([data[0] ^ 0xFF]) + data[1:]


def damaged(times=None, which=slice(None), *, index=False):
    """Wrong bytes for some renditions (lowest rate first) of the track that plays."""

    def begin(stage):
        ids = {stored.id for stored in first_track(stage).renditions[which]}

        def where(request):
            name = request.path.removeprefix("/media/").partition("?")[0]
            wanted = ".idx" in name if index else ".idx" not in name
            return wanted and name.partition(".")[0] in ids

        stage.proxy.faults.append(Fault(where=where, times=times, mangle=flipped))

    return begin


def withdrawn(stage):
    track_id = stage.controller.state()["track"]["id"]
    stage.server.faults.gone.add(track_id)
    del stage.server.tracks[track_id]


def unlicensed(stage):
    """The account loses the right to what plays: no grant, and old addresses are refused."""
    track_id = stage.controller.state()["track"]["id"]
    ids = renditions_of_first_track(stage)
    stage.origin.refused.add(track_id)
    where = lambda r: r.path.removeprefix("/media/").partition(".")[0] in ids  # noqa: E731
    stage.proxy.faults.append(Fault(where=where, status=403))


def expired_token(stage):
    stage.origin.access.clear()
    stage.server.faults.address_s = 600
    stage.controller._grants.forget_all()


def ended_session(stage):
    expired_token(stage)
    stage.origin.refresh.clear()


def shifted(head):
    return head.replace(b"Content-Range: bytes ", b"Content-Range: bytes 1")


def longer(head):
    """Promises more bytes than will come."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(
        b"Content-Length: %d" % (int(line.split(b":")[1]) + 999)
        if line.startswith(b"Content-Length")
        else line
        for line in lines
    )


def lost_name(stage):
    del stage.names[HOST]
    stage.current.hang_up()


def found_name(stage):
    stage.names[HOST] = "127.0.0.1"


async def impostor(stage):
    other = type(stage.authority)()
    await stage.proxy.present(other.server())


async def outdated(stage):
    await stage.proxy.present(stage.authority.server(days=-1))


async def itself(stage):
    await stage.proxy.present(stage.authority.server())


def clock_ahead(stage):
    stage.wall_ahead_s = 86_400


def clock_behind(stage):
    stage.wall_ahead_s = -86_400


async def slept(stage):
    """Ten minutes go by everywhere else; afterwards no connection of before answers."""
    stage.proxy.freeze()
    stage.slept_s += 600
    stage.server_clock.unix_offset += 600


def unplugged(stage):
    stage.sound.fail("unplugged")


def plugged_in(stage):
    stage.sound.mend()
    stage.controller.retry()


def full_disk(stage):
    stage.files.capacity_bytes = sum(map(len, stage.files.contents.values())) + 50_000
    track = stage.server.tracks[stage.controller.state()["track"]["id"]]
    stage.store.pin({stored.id for stored in track.renditions})


def roomy_disk(stage):
    stage.files.capacity_bytes = None


def broken_disk(stage):
    stage.files.broken = True


def hanging_disk(stage):
    stage.aside.hangs = True


def refused_nothing(stage):
    assert not stage.ended


ROWS = (
    Row("The connection is cut within a piece", proxied(where=media, times=1, after=9000)),
    Row(
        "The connection is reset",
        proxied(where=media, times=2, after=5000, ending="reset"),
    ),
    Row(
        "Every connection is cut after a moment",
        proxied(where=media, after=20_000),
        heal=healed,
    ),
    Row("An answer stalls", proxied(where=media, times=2, after=4000, ending="stall")),
    Row(
        "The link gets slow",
        proxied(where=media, rate=18_000),
        heal=healed,
        heard="nothing: the quality is lowered",
    ),
    Row("A piece is damaged on the way", damaged(times=2)),
    Row(
        "A quality is damaged at the server",
        damaged(which=slice(-1, None)),
        heard="nothing: another quality plays",
    ),
    Row(
        "A track is damaged at the server",
        damaged(),
        heard=NEXT,
        seen="“Song T” stops early: a piece is not what its index names",
        remedy=AGAIN,
    ),
    Row(
        "Answers say another range than was asked for",
        proxied(where=media, times=2, rewrite=shifted),
    ),
    Row(
        "Answers are shorter than they say",
        proxied(where=media, times=2, rewrite=longer),
    ),
    Row(
        "The server fails (500)",
        proxied(status=500),
        heal=healed,
        heard=FROM_BUFFER,
        seen="The server has trouble: N s are buffered, trying again by itself",
        remedy="the server answered 500; it is tried again by itself; "
        "segue-server doctor says what is wrong there",
    ),
    Row(
        "The server is overloaded (503, Retry-After)",
        proxied(status=503, headers={"Retry-After": "8"}),
        heal=healed,
        heard=FROM_BUFFER,
        seen="The server asks to wait: N s are buffered, trying again by itself",
        remedy="the server answered 503; it is tried again by itself",
        requests=4,
    ),
    Row(
        "Too many requests (429, Retry-After)",
        proxied(status=429, headers={"Retry-After": "8"}),
        heal=healed,
        heard=FROM_BUFFER,
        seen="The server asks to wait: N s are buffered, trying again by itself",
        remedy="the server answered 429; it is tried again by itself",
        requests=4,
    ),
    Row("The access token has expired (401)", expired_token, check=refused_nothing),
    Row(
        "The session was ended elsewhere (401)",
        ended_session,
        heard=SIGN_IN,
        seen="Signed out: sign in to go on streaming",
        remedy="segue login URL",
    ),
    Row(
        "A signed address is refused (403)",
        proxied(where=media, times=1, status=403),
    ),
    Row(
        "The licence is refused (403)",
        unlicensed,
        heard=NEXT,
        seen="“Song T” stops early: your plan does not include this track",
        remedy="segue-server user shows the plan",
    ),
    Row(
        "The track was withdrawn (404)",
        withdrawn,
        heard=NEXT,
        seen="“Song T” stops early: this track was withdrawn",
        remedy="segue sync refreshes the library",
    ),
    Row(
        "A range does not exist any more (416)",
        proxied(where=media, times=1, status=416),
    ),
    Row(
        "The server shows another certificate",
        impostor,
        heal=itself,
        secure=True,
        heard=FROM_BUFFER,
        seen="The server cannot prove who it is: N s are buffered, trying again by itself",
        remedy="https://HOST:N is not the server that was trusted; "
        "segue login URL again, if the server was set up anew",
    ),
    Row(
        "The server's certificate is out of date",
        outdated,
        heal=itself,
        secure=True,
        heard=FROM_BUFFER,
        seen="The server cannot prove who it is: N s are buffered, trying again by itself",
        remedy="the certificate of https://HOST:N is out of date, or this machine's clock is "
        "wrong; check this machine's clock",
    ),
    Row(
        "The name of the server is not found (DNS)",
        lost_name,
        heal=found_name,
        heard=FROM_BUFFER,
        seen=AWAY,
        remedy="the name HOST is not known here; check the network and its DNS",
    ),
    Row(
        "The server does not run",
        lambda stage: stage.proxy.refuse(),
        heal=lambda stage: stage.proxy.start(),
        heard=FROM_BUFFER,
        seen=AWAY,
        remedy=f"no server runs at http://HOST:N; {UNREACHABLE}",
    ),
    Row(
        "The machine's clock jumps a day ahead",
        clock_ahead,
        seen="This machine's clock is N min ahead: the server's time is used",
        remedy="set the clock, or let the network set it",
    ),
    Row(
        "The machine's clock jumps a day back",
        clock_behind,
        seen="This machine's clock is N min behind: the server's time is used",
        remedy="set the clock, or let the network set it",
    ),
    Row(
        "The machine sleeps for ten minutes",
        slept,
        heard="it goes on where it was",
        seen="Awake after N min: going on at N:N",
    ),
    Row(
        "The audio device goes away",
        unplugged,
        heal=plugged_in,
        heard=DEVICE,
        seen="The audio device is gone: paused at N:N, going on when it is back",
        remedy="unplugged; connect it or another one; `segue retry` tries at once",
        over="The audio device is back",
    ),
    Row(
        "The disk is full",
        full_disk,
        heal=roomy_disk,
        seen="The disk is full: nothing more is kept on this device, playing goes on",
        remedy="make room; it is tried again by itself",
        over="Music is kept on this device again",
    ),
    Row(
        "The disk fails",
        broken_disk,
        seen="The cache cannot be used (the memory was told to fail): nothing more is kept on this "
        "device, playing goes on",
        remedy="segue doctor shows its folder",
    ),
    Row(
        "The disk hangs",
        hanging_disk,
        seen="The disk of the cache hangs: playing goes on without it",
        remedy="look after the disk; the cache is tried again every minute",
    ),
    Row(
        "The engine is killed and started again",
        None,
        heard="silence until it runs; then it goes on, at most five seconds earlier "
        "(paused if that took more than two minutes)",
        seen=ENGINE_GONE,
        remedy=ENGINE_REMEDY,
        over=ENGINE_BACK,
    ),
)
