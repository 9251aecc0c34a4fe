"""What is liked, saved, followed and rated; and what the server has not heard of it."""

from player.commands.shape import LIMIT, QUERY, Argument, Command

_WHAT = QUERY._replace(required=False, help="words or a link; what plays when left out")
_REFUSED = Argument("id", "text", "as `segue outbox` shows it")

MARKS = (
    Command(
        "like",
        "Like",
        "Library",
        args=(_WHAT,),
        cli="like",
        starts=True,
        palette=False,
        help="likes a track, saves an album, follows an artist; also without the server",
    ),
    Command(
        "unlike", "Take a like back", "Library", args=(_WHAT,), cli="unlike", starts=True,
        palette=False,
    ),
    Command("like_current", "Like what plays, or not any more", "Library", keys=("F",)),
    Command(
        "rate",
        "Rate",
        "Library",
        args=(Argument("value", "integer", "1 to 5; 0 takes the rating away"), _WHAT),
        cli="rate",
        starts=True,
        palette=False,
    ),
    Command(
        "liked",
        "What is liked",
        "Library",
        args=(
            Argument(
                "kind", "choice", "tracks, albums, artists or rated", required=False,
                choices=("tracks", "albums", "artists", "rated"),
            ),
        ),
        cli="liked",
        starts=True,
        options=(LIMIT,),
        palette=False,
    ),
    Command(
        "outbox",
        "What the server has not heard yet",
        "Session",
        cli="outbox list",
        starts=True,
        palette=False,
        help="and what it refused, with the reason: try again or drop it",
    ),
    Command(
        "outbox_retry", "Try a refused action again", "Session", args=(_REFUSED,),
        calls="outbox.retry", cli="outbox retry", palette=False,
    ),
    Command(
        "outbox_drop", "Drop a refused action", "Session", args=(_REFUSED,),
        calls="outbox.drop", cli="outbox drop", palette=False,
    ),
)  # fmt: skip
