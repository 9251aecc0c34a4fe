"""How it is to sound: from the settings and the neighbours of a track to plans and shapes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from player.errors import NotFoundError, PlayerError
from player.playback.lane import Lane
from player.playback.ports import Catalogue, Sound
from player.playback.sound.equaliser import PRESETS, Curve
from player.playback.sound.head import Head, SphericalHead
from player.playback.sound.loudness import Measured, album_lufs, gain_db, tagged_lufs
from player.playback.sound.plan import SoundPlan
from player.playback.sound.processor import db_to_gain
from player.playback.sound.shape import PLAIN, TrackShape
from player.settings import SoundSettings
from sync.wire.catalog import Track

OFF = "off"
_USUAL_RATES = (44_100, 48_000)


def preset(name: str) -> Curve:
    """A curve that comes with Segue. Raises NotFoundError."""
    curve = PRESETS.get(name)
    if curve is None:
        raise NotFoundError(f"there is no equaliser curve {name}", remedy="segue eq list")
    return curve


def synthetic(_name: str) -> Head:
    """The head that needs no file."""
    return SphericalHead()


@dataclass(frozen=True, slots=True)
class SoundStock:
    """What the settings name, and where it comes from."""

    settings: SoundSettings = field(default_factory=SoundSettings)
    curve: Callable[[str], Curve] = preset
    """Raises NotFoundError or CurveUnreadableError."""
    head: Callable[[str], Head] = synthetic
    """Raises HeadUnreadableError."""


class Hearing:
    """Holds the settings of the sound and says what follows from them."""

    def __init__(self, sound: Sound, catalogue: Catalogue, stock: SoundStock) -> None:
        self._sound = sound
        self._catalogue = catalogue
        self._stock = stock
        self.settings = SoundSettings()
        self._plan = SoundPlan()
        self.before: Callable[[], str | None] = lambda: None
        """The track that was heard before the first lane's."""
        self._gains: WeakKeyDictionary[Lane, float] = WeakKeyDictionary()
        self._albums: dict[str, dict[str, Measured]] = {}
        self.trouble = ""
        """Why a wish of the settings file was left out."""
        self._begin(stock.settings)

    def _begin(self, settings: SoundSettings) -> None:
        """The settings file must not keep the player from starting."""
        try:
            self.set(settings)
        except PlayerError as error:
            self.trouble = error.message
            self.set(msgspec.structs.replace(settings, eq=OFF, spatial=OFF))

    # ------------------------------------------------------------------ settings

    def set(self, settings: SoundSettings) -> bool:
        """Take settings on; True if what plays now has to begin again to be heard like that.

        Raises NotFoundError, CurveUnreadableError or HeadUnreadableError and changes nothing.
        """
        plan = self._planned(settings)
        heard = plan != self._plan or _levels(settings) != _levels(self.settings)
        self.settings, self._plan = settings, plan
        self._gains.clear()
        self._sound.arrange(plan)
        return heard

    def prepare(self, settings: SoundSettings) -> None:
        """Do beforehand what takes long, so that `set` is heard at once. Blocks; may run in a
        thread of its own.

        Raises what `set` raises.
        """
        self._planned(settings).prepare(_USUAL_RATES)

    def _planned(self, wanted: SoundSettings) -> SoundPlan:
        return SoundPlan(
            speed=wanted.speed,
            curve=None if wanted.eq == OFF else self._stock.curve(wanted.eq),
            head=None if wanted.spatial == OFF else self._stock.head(wanted.spatial),
            mono=wanted.mono,
            levels=wanted.normalise != OFF or wanted.crossfade_s > 0,
        )

    @property
    def speed(self) -> float:
        """Seconds of a track heard in a second."""
        return self._plan.speed

    @property
    def lead_s(self) -> float:
        """How much earlier than without a gap the next track is needed."""
        return self.settings.crossfade_s

    def shown(self, lane: Lane | None) -> dict[str, Any]:
        """As plain values, for views; the gain is that of what plays."""
        wanted, gain = self.settings, None if lane is None else self._gains.get(lane)
        return {
            "normalise": wanted.normalise,
            "target_lufs": wanted.target_lufs,
            "gain_db": None if gain is None else round(gain, 1),
            "crossfade_s": wanted.crossfade_s,
            "eq": wanted.eq,
            "speed": wanted.speed,
            "spatial": OFF if self._plan.head is None else self._plan.head.name,
            "mono": wanted.mono,
        }

    # ------------------------------------------------------------------ shapes

    @property
    def plan(self) -> SoundPlan:
        """What the chain does."""
        return self._plan

    def shape(self, lane: Lane, lanes: Sequence[Lane], *, queued: bool = True) -> TrackShape:
        """How a lane's track is to sound between its neighbours. What is not `queued` begins with
        the first lane.
        """
        wanted = self.settings
        if wanted.normalise == OFF and not wanted.crossfade_s:
            return PLAIN
        place = next((place for place, one in enumerate(lanes) if one is lane), 0)
        first = self.before() if queued else None
        earlier = lanes[place - 1].track_id if place else first
        later = lanes[place + 1].track_id if place + 1 < len(lanes) else None
        manifest = lane.manifest
        known = manifest is not None and manifest.exact
        return TrackShape(
            gain=db_to_gain(self._gain(lane, earlier, later)),
            total=manifest.duration_samples if known and manifest is not None else None,
            fade_in_s=self._fade_s(earlier, lane.track_id),
            fade_out_s=self._fade_s(lane.track_id, later),
        )

    def _fade_s(self, one: str | None, other: str | None) -> float:
        if one is None or other is None or self._in_order(one, other):
            return 0.0
        return self.settings.crossfade_s

    def _in_order(self, one: str | None, other: str | None) -> bool:
        """Whether two tracks follow each other on one album."""
        if one is None or other is None:
            return False
        before, after = self._catalogue.track(one), self._catalogue.track(other)
        return before is not None and after is not None and follows(before, after)

    def _gain(self, lane: Lane, earlier: str | None, later: str | None) -> float:
        """In dB. Decided once for each lane: a step in the middle would be worse than a guess."""
        wanted = self.settings
        self._learn(lane)
        if wanted.normalise == OFF:
            return 0.0
        known = self._gains.get(lane)
        if known is not None:
            return known
        album = wanted.normalise == "album" or (
            wanted.normalise == "auto"
            and (self._in_order(earlier, lane.track_id) or self._in_order(lane.track_id, later))
        )
        lufs = self._album_loudness(lane) if album else None
        lufs = self._loudness(lane) if lufs is None else lufs
        self._gains[lane] = gain = gain_db(lufs, wanted.target_lufs, wanted.preamp_db)
        return gain

    def _loudness(self, lane: Lane) -> float | None:
        """As measured by the server, or as the file is tagged."""
        manifest, track = lane.manifest, self._catalogue.track(lane.track_id)
        if manifest is not None and manifest.loudness_lufs is not None:
            return manifest.loudness_lufs
        return tagged_lufs(track.gain.track_gain_db) if track and track.gain else None

    def _album_loudness(self, lane: Lane) -> float | None:
        """As measured by the server, as tagged, or of all tracks of the album known so far."""
        manifest, track = lane.manifest, self._catalogue.track(lane.track_id)
        if manifest is not None and manifest.album_loudness_lufs is not None:
            return manifest.album_loudness_lufs
        if track is None:
            return None
        if track.gain is not None and track.gain.album_gain_db is not None:
            return tagged_lufs(track.gain.album_gain_db)
        return album_lufs(self._albums.get(track.album.id, {}).values())

    def _learn(self, lane: Lane) -> None:
        manifest, track = lane.manifest, self._catalogue.track(lane.track_id)
        if track is None or manifest is None or manifest.loudness_lufs is None:
            return
        seconds = manifest.duration_samples / manifest.sample_rate
        known = self._albums.setdefault(track.album.id, {})
        known[track.id] = Measured(manifest.loudness_lufs, seconds)


def follows(before: Track, after: Track) -> bool:
    """Whether a track comes right after another one on their album."""
    if before.album.id != after.album.id or before.id == after.id:
        return False
    if not before.number or not after.number:
        return True
    if before.disc == after.disc:
        return after.number == before.number + 1
    return after.disc == before.disc + 1 and after.number == 1


def _levels(settings: SoundSettings) -> tuple[str, float, float, float]:
    """What the shapes depend on."""
    return settings.normalise, settings.target_lufs, settings.preamp_db, settings.crossfade_s
