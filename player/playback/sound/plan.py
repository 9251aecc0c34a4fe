"""Which processors there are, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.playback.sound.chain import Steps
from player.playback.sound.equaliser import Curve, Equaliser
from player.playback.sound.head import Head
from player.playback.sound.limiter import CEILING_DBTP, Limiter
from player.playback.sound.mono import Mono
from player.playback.sound.spatial import Spatial, binaural_filters
from player.playback.sound.stretch import Wsola

if TYPE_CHECKING:
    from player.playback.sound.processor import Processor


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """What is wanted of the chain. The plan of nothing leaves every sample as it was decoded."""

    speed: float = 1.0
    curve: Curve | None = None
    head: Head | None = None
    """Play as through two loudspeakers in front of this head."""
    mono: bool = False
    levels: bool = False
    """Tracks have gains, or are mixed into one another: what is too loud must be held."""
    ceiling_dbtp: float = CEILING_DBTP

    @property
    def idle(self) -> bool:
        """Nothing is wanted."""
        return self.speed == 1.0 and not (self._shaped or self.mono)

    @property
    def _shaped(self) -> bool:
        """Something may come out louder than it went in."""
        curve = self.curve is not None and not self.curve.flat
        return curve or self.head is not None or self.levels

    def prepare(self, rates: Iterable[int]) -> None:
        """Compute what is remembered from run to run. Blocks. Raises HeadUnreadableError."""
        if self.head is not None:
            for rate in rates:
                binaural_filters(self.head, "stereo", rate)

    def steps(self, rate: int) -> Steps:
        """Fresh processors for a run at a sample rate."""
        steps: list[Processor] = []
        if self.curve is not None and not self.curve.flat:
            steps.append(Equaliser(self.curve, rate))
        if self.head is not None:
            steps.append(Spatial(self.head, rate))
        if self.mono:
            steps.append(Mono())
        if self._shaped:
            steps.append(Limiter(rate, self.ceiling_dbtp))
        stretcher = None if self.speed == 1.0 else Wsola(self.speed, rate)
        return Steps(stretcher, steps)


UNTOUCHED = SoundPlan()
