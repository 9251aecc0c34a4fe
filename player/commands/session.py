"""Session, settings and help."""

from player.commands.shape import QUERY, Argument, Command, option

SESSION = (
    Command(
        "login",
        "Sign in",
        "Session",
        args=(Argument("server", "text", "address of the server"),),
        cli="login",
        starts=True,
        options=(
            option("token", "text", "a token for scripts; - reads it from standard input"),
            option("authority", "text", "file with the certificate of the server's own authority"),
        ),
        palette=False,
        help="shows a code to type in a browser; --token signs in without",
    ),
    Command("logout", "Sign out", "Session", cli="logout", starts=True),
    Command(
        "devices", "Devices of this account", "Session", cli="devices", starts=True, palette=False
    ),
    Command(
        "status",
        "What plays",
        "Session",
        cli="status",
        options=(option("follow", "flag", "a line for every change"),),
        palette=False,
    ),
    Command(
        "cache_clear",
        "Empty the cache of audio",
        "Session",
        calls="cache.clear",
        cli="cache clear",
        starts=True,
    ),
    Command(
        "render",
        "Render to a file",
        "Session",
        args=(QUERY,),
        cli="render",
        starts=True,
        options=(
            Argument("out", "text", "the file to write", required=True),
            option("codec", "choice", "aac or vorbis", ("aac", "vorbis")),
            option(
                "kbps",
                "text",
                "96, 160, 320, or a list: one after the other at every piece border;"
                " auto: as playback would choose over this link",
            ),
            option("sound", "flag", "as it sounds now; else every sample as decoded"),
        ),
        palette=False,
        help="through the whole chain into a 32-bit float WAV",
    ),
    Command("detach", "Close the player, music goes on", "Session", runs="view", keys=("q",)),
    Command("stop", "Quit and stop the music", "Session", keys=("Q",), cli="stop"),
)

HELP = (
    Command(
        "help",
        "Keys of this page",
        "Help",
        runs="view",
        keys=("?",),
    ),
    Command(
        "doctor",
        "Check everything",
        "Help",
        cli="doctor",
        palette=False,
        help="engine, sound, server, cache, disk and key store",
    ),
    Command(
        "config_check", "Check the settings", "Help", runs="view", cli="config check", palette=False
    ),
    Command(
        "config_show", "Show the settings", "Help", runs="view", cli="config show", palette=False
    ),
)
