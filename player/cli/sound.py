"""Verbs about how it sounds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from player.commands.sound import sound_args
from player.errors import UsageError

if TYPE_CHECKING:
    from player.cli.verbs import Context

_SUFFIXES = ("ParametricEQ", "parametric eq")


def sound(context: "Context") -> int:
    """Change something of the sound, or show how it is."""
    command = context.command
    args = sound_args(command, context.args, context.options)
    with context.connect() as engine:
        state = engine.call(command.engine_command, **args)
    context.printer.result(state["sound"], sound_lines(state["sound"]))
    return 0


def sound_lines(state: dict[str, Any]) -> list[str]:
    """Everything that is on, as a person reads it."""
    gain = state["gain_db"]
    told = "" if gain is None else f" ({gain:+.1f} dB now)"
    facts = [
        f"normalise {state['normalise']} to {state['target_lufs']:g} LUFS{told}"
        if state["normalise"] != "off"
        else "",
        f"crossfade {state['crossfade_s']:g} s" if state["crossfade_s"] else "",
        f"equaliser {state['eq']}" if state["eq"] != "off" else "",
        f"speed {state['speed']:g}" if state["speed"] != 1 else "",
        f"spatial: {state['spatial']}" if state["spatial"] != "off" else "",
        "mono" if state["mono"] else "",
        _sleep_words(state["sleep"]),
    ]
    return [fact for fact in facts if fact] or ["nothing is changed: every sample as decoded"]


def _sleep_words(sleep: dict[str, Any] | None) -> str:
    if sleep is None:
        return ""
    if sleep["tracks"]:
        return f"sleep after {sleep['tracks']} track{'s' * (sleep['tracks'] > 1)}"
    return f"sleep in {sleep['left_s'] / 60:.1f} minutes"


def eq_list(context: "Context") -> int:
    """Names of equaliser curves, the one in use marked."""
    with context.connect() as engine:
        found = engine.call("eq.list")
    names = [(name, "") for name in found["presets"]]
    names += [(name, "  imported") for name in found["imported"]]
    lines = [f"{'>' if name == found['eq'] else ' '} {name}{note}" for name, note in names]
    context.printer.result(found, lines)
    return 0


def eq_import(context: "Context") -> int:
    """Read a curve of AutoEq and use it."""
    path = Path(context.args["file"]).expanduser()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    name = context.options.get("name") or _name_of(path)
    with context.connect() as engine:
        result = engine.call("eq.import", name=name, text=text)
    line = f"equaliser {result['eq']}: {result['bands']} bands, preamp {result['preamp_db']:g} dB"
    context.printer.result(result, [line])
    return 0


def _name_of(path: Path) -> str:
    """`HD 600 ParametricEQ.txt` is called HD 600; a bare `ParametricEQ.txt` after its folder."""
    stem = path.stem
    for suffix in _SUFFIXES:
        stem = stem.removesuffix(suffix).strip()
    return stem or path.absolute().parent.name


def binaural(context: "Context") -> int:
    """Write a file for two ears."""
    options = {k: v for k, v in context.options.items() if k in ("layout", "head")}
    source = Path(context.args["file"]).expanduser().absolute()
    out = Path(context.options["out"]).expanduser().absolute()
    with context.connect(timeout_s=None) as engine:
        result = engine.call("binaural", file=str(source), out=str(out), **options)
    seconds = result["frames"] / result["rate"]
    context.printer.result(result, [f"{result['out']}: {seconds:.1f} s, head: {result['head']}"])
    return 0


def lyrics_offset(context: "Context") -> int:
    """Move the lyrics of what plays."""
    with context.connect() as engine:
        result = engine.call("lyrics.offset", **context.args)
    context.printer.result(result, [f"lyrics {result['ms']:+d} ms"])
    return 0
