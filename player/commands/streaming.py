"""Commands about streaming: how good, how dear, and what it is doing."""

from player.commands.shape import Argument, Command, option

_QUALITIES = ("auto", "96", "160", "320", "saver")
_TITLES = {
    "auto": "Quality: follow the link",
    "saver": "Quality: data saver",
    **{kbps: f"Quality: always {kbps} kbps" for kbps in ("96", "160", "320")},
}

STREAMING = (
    Command(
        "quality",
        "Quality",
        "Playback",
        args=(
            Argument(
                "quality",
                "choice",
                "auto, 96, 160, 320 or saver; shows what is chosen when left out",
                required=False,
                choices=_QUALITIES,
            ),
        ),
        cli="quality",
        starts=True,
        palette=False,
        help="auto follows the link, saver takes the least data; remembered",
    ),
    *(
        Command(f"quality_{choice}", title, "Playback", calls="quality", preset={"quality": choice})
        for choice, title in _TITLES.items()
    ),
    Command(
        "metered",
        "Metered connection",
        "Playback",
        args=(Argument("on", "switch", "on or off; switches over when left out", required=False),),
        cli="metered",
        starts=True,
        help="at most 160 kbps and little loaded ahead, where data is paid by volume",
    ),
    Command(
        "go_diagnostics",
        "Diagnostics",
        "View",
        runs="view",
        keys=("g !",),
        calls="diagnostics",
        cli="diagnostics show",
        help="buffer, link, qualities and why they changed, stalls, waste, CPU and memory",
    ),
    Command(
        "diagnostics_export",
        "Export diagnostics",
        "View",
        runs="view",
        calls="diagnostics.export",
        cli="diagnostics export",
        options=(
            option("out", "text", "the file to write; one in this folder when left out"),
            option("minutes", "integer", "how far back, 60 when left out"),
        ),
        help="the last hour as a bundle that a developer can replay; no tokens, no keys",
    ),
)
