"""What can go wrong between the server's bytes and the ear.

PlayerError
├── StreamError
│   ├── RightsRefusedError     a licence or manifest that must not be used on this device
│   ├── RenditionReplacedError the server has prepared the track anew: ask for its manifest
│   └── TrackUnavailableError  the track is gone or not licensed: play the next one
│       └── RenditionLostError     a rendition that cannot be had: others may
│           └── MediaDamagedError      bytes that are wrong each time they are fetched
│               └── IndexStaleError    an index newer than the manifest: ask for both again
└── SoundError
    ├── PieceDamagedError      the bytes of a piece do not decode to what they promise
    ├── PieceOrderError        a piece that does not follow the last one
    ├── CurveUnreadableError   an equaliser's curve that makes no sense
    ├── HeadUnreadableError    a head's measurements that cannot be read
    ├── SourceUnreadableError  a file of the listener's own that cannot be rendered
    ├── RecordingTooLongError  a WAV file cannot grow further
    └── SinkError
        ├── SinkUnavailableError   the way to the ear does not exist on this machine
        └── SinkLostError          it existed and went away
"""

from player.errors import Kind, PlayerError


class SoundError(PlayerError):
    """Base of all errors of the sound path."""


class PieceDamagedError(SoundError):
    """Bytes that no decoder configuration, container or codec makes sense of."""

    remedy = "the piece is fetched again"


class PieceOrderError(SoundError):
    """A piece that does not continue what was decoded before."""


class CurveUnreadableError(SoundError):
    """Not the text of an equaliser's curve."""

    kind: Kind = "usage"
    remedy = "give a ParametricEQ.txt of AutoEq, or bands like PK 1000 -3 1.4; LSC 105 4"


class HeadUnreadableError(SoundError):
    """A SOFA file, or what is needed to read it."""

    remedy = "segue spatial synthetic works without a file"


class SourceUnreadableError(SoundError):
    """Not audio, or not in channels that can be placed."""

    kind: Kind = "usage"
    remedy = "give a file of two, four (AmbiX) or six (5.1) channels"


class RecordingTooLongError(SoundError):
    """A WAV file holds at most 4 GiB."""

    remedy = "render fewer tracks into one file"


class SinkError(SoundError):
    """Base of what audio outputs report."""


class SinkUnavailableError(SinkError):
    """The library or the device is missing."""

    remedy = "choose another one with --sink"


class SinkLostError(SinkError):
    """The device went away while it was in use."""

    remedy = "choose another output, then play again"


class StreamError(PlayerError):
    """Base of what is wrong with a track before it is sound."""


class RightsRefusedError(StreamError):
    """Wrong device, tampered licence or manifest: nothing of it is played."""

    kind: Kind = "not_allowed"
    remedy = "sign in again: segue login URL"


class TrackUnavailableError(StreamError):
    """This track cannot be played; others can."""

    kind: Kind = "not_found"
    remedy = "segue sync refreshes the library"


class RenditionLostError(TrackUnavailableError):
    """The server has this rendition no more, or never gives all of it; others may be whole."""

    remedy = "the server should prepare this track again"


class MediaDamagedError(RenditionLostError):
    """What the server sends does not match its own index."""

    kind: Kind = "failed"
    remedy = "the server should prepare this track again"


class IndexStaleError(MediaDamagedError):
    """The index is not the one that the manifest names."""


class RenditionReplacedError(StreamError):
    """The rendition that was being loaded is no longer the one the server gives."""
