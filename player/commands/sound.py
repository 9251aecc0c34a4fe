"""Commands about how it sounds. All take effect at once and are remembered."""

from collections.abc import Mapping
from typing import Any

from player.commands.shape import Argument, Command, option

_NORMALISE = ("off", "auto", "track", "album")
_SPATIAL_HELP = "off, auto, synthetic or the path of a SOFA file; shows it when left out"

SOUND = (
    Command(
        "normalise",
        "Normalise loudness",
        "Sound",
        args=(
            Argument(
                "normalise",
                "choice",
                "off, auto, track or album; shows it when left out",
                required=False,
                choices=_NORMALISE,
            ),
        ),
        calls="sound.set",
        cli="normalise",
        starts=True,
        palette=False,
        options=(
            option("target", "number", "how loud in LUFS, -14 as it comes; -18 is ReplayGain's"),
            option("preamp", "number", "decibels added to every track"),
        ),
        help="auto keeps the balance of an album that plays in order",
    ),
    *(
        Command(
            f"loudness_{mode}",
            f"Normalise loudness: {words}",
            "Sound",
            calls="sound.set",
            preset={"normalise": mode},
        )
        for mode, words in (("off", "off"), ("auto", "by album or track"), ("track", "by track"))
    ),
    Command(
        "crossfade",
        "Crossfade",
        "Sound",
        args=(Argument("crossfade_s", "number", "0 to 12 seconds; shows it when left out", False),),
        calls="sound.set",
        cli="crossfade",
        starts=True,
        palette=False,
        help="one track goes over into the next; never within an album in order",
    ),
    Command(
        "crossfade_off", "Crossfade: off", "Sound", calls="sound.set", preset={"crossfade_s": 0}
    ),
    Command(
        "crossfade_on", "Crossfade: 6 s", "Sound", calls="sound.set", preset={"crossfade_s": 6}
    ),
    Command(
        "eq",
        "Equaliser",
        "Sound",
        args=(Argument("eq", "rest", "name of a curve, or off; shows it when left out", False),),
        calls="sound.set",
        cli="eq use",
        starts=True,
        palette=False,
        help="a curve that comes with Segue or one that was imported",
    ),
    Command("eq_off", "Equaliser: off", "Sound", calls="sound.set", preset={"eq": "off"}),
    *(
        Command(f"eq_{name}", f"Equaliser: {name}", "Sound", calls="sound.set", preset={"eq": name})
        for name in ("bass", "treble", "voice", "loudness", "night")
    ),
    Command(
        "eq_list",
        "Equaliser curves",
        "Sound",
        calls="eq.list",
        cli="eq list",
        starts=True,
        palette=False,
    ),
    Command(
        "eq_import",
        "Import an equaliser curve",
        "Sound",
        args=(Argument("file", "rest", "a ParametricEQ.txt of AutoEq"),),
        calls="eq.import",
        cli="eq import",
        starts=True,
        options=(option("name", "text", "what to call it; the file's folder when left out"),),
        palette=False,
        help="for your headphones, from the AutoEq project",
    ),
    Command(
        "eq_bands",
        "Equaliser bands",
        "Sound",
        args=(Argument("bands", "rest", "kind, Hz, dB, Q: `PK 1000 -3 1.4; LSC 105 4`"),),
        calls="eq.bands",
        cli="eq bands",
        starts=True,
        palette=False,
        help="kinds: PK, LSC, HSC, LPQ, HPQ, NO",
    ),
    Command(
        "speed",
        "Speed",
        "Sound",
        args=(Argument("speed", "number", "0.5 to 3; shows it when left out", False),),
        calls="sound.set",
        cli="speed",
        starts=True,
        palette=False,
        help="for spoken words, at the same pitch",
    ),
    *(
        Command(
            f"speed_{percent}",
            f"Speed: {percent / 100:g}",
            "Sound",
            calls="sound.set",
            preset={"speed": percent / 100},
        )
        for percent in (75, 100, 125, 150, 200)
    ),
    Command(
        "spatial",
        "Spatial audio",
        "Sound",
        args=(Argument("spatial", "rest", _SPATIAL_HELP, False),),
        calls="sound.set",
        cli="spatial",
        starts=True,
        palette=False,
        help="two loudspeakers in front of you, for earphones",
    ),
    Command(
        "spatial_on", "Spatial audio: on", "Sound", calls="sound.set", preset={"spatial": "auto"}
    ),
    Command(
        "spatial_off", "Spatial audio: off", "Sound", calls="sound.set", preset={"spatial": "off"}
    ),
    Command(
        "mono",
        "Mono",
        "Sound",
        args=(Argument("on", "switch", "on or off; switches over when left out", False),),
        calls="sound.mono",
        cli="mono",
        starts=True,
        help="both channels to both ears",
    ),
    Command(
        "sound_reset",
        "Sound as the settings file says",
        "Sound",
        calls="sound.reset",
        cli="sound reset",
        starts=True,
        help="forgets what was chosen by commands",
    ),
    Command(
        "sound_show",
        "Sound",
        "Sound",
        calls="sound.set",
        cli="sound show",
        starts=True,
        palette=False,
        help="everything that is on",
    ),
    Command(
        "sleep",
        "Sleep timer",
        "Sound",
        args=(
            Argument("when", "rest", "minutes, 1h 30m, track, 3 tracks or off; shows it", False),
        ),
        cli="sleep",
        palette=False,
        help="goes down slowly, then holds",
    ),
    Command("sleep_30", "Sleep in 30 minutes", "Sound", calls="sleep", preset={"when": "30"}),
    Command(
        "sleep_track", "Sleep after this track", "Sound", calls="sleep", preset={"when": "track"}
    ),
    Command("sleep_off", "Sleep timer off", "Sound", calls="sleep", preset={"when": "off"}),
    Command(
        "binaural",
        "Render a surround file for earphones",
        "Sound",
        args=(Argument("file", "rest", "a file of 5.1, first-order AmbiX or stereo"),),
        cli="binaural",
        starts=True,
        options=(
            Argument("out", "text", "the WAV file to write", required=True),
            option("layout", "choice", "when the file does not say", ("stereo", "5.1", "ambix")),
            option("head", "text", "auto, synthetic or a SOFA file"),
        ),
        palette=False,
        help="as two ears would hear its speakers or its field",
    ),
    Command(
        "lyrics_offset",
        "Lyrics earlier or later",
        "Library",
        args=(Argument("offset", "milliseconds", "ms: +200 earlier, -200 later, 0 as timed"),),
        calls="lyrics.offset",
        cli="lyrics offset",
        palette=False,
        help="of the track that plays; remembered for it",
    ),
)


_OPTIONS = {"target": "target_lufs", "preamp": "preamp_db"}


def sound_args(
    command: Command, args: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """What the engine is called with: words, and options by the names of the settings."""
    named = {_OPTIONS[name]: value for name, value in options.items() if name in _OPTIONS}
    return {**command.preset, **args, **named}
