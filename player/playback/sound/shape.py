"""How one track is to sound beside its neighbours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackShape:
    """Said with every piece of a track, as it is known by then."""

    gain: float = 1.0
    """Amplitude factor; 1 leaves the samples as they are."""
    total: int | None = None
    """Samples of the whole track at its own rate, None as long as nobody knows."""
    fade_in_s: float = 0.0
    """How long the track before goes over into this one; 0 joins them without a gap."""
    fade_out_s: float = 0.0
    """The same at its end, with the track that follows."""


PLAIN = TrackShape()
