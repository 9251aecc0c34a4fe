"""Every command there is, once: keys, palette, `:` line, command line and help are made from this.

Standard library only. A command *runs* in the engine (then `calls` is the protocol's command and
`preset` the arguments that are always the same) or in the view (then the view owns its meaning).
Keys are written as they are typed: one character, a name (`space`, `left`, `ctrl+p`), or two of
them with a space between for a sequence (`g g`). Lower case acts on the selected row, upper case
on what plays. To add a command, add a line to the table it belongs to; a test holds the
rest together.
"""

from player.commands.marks import MARKS
from player.commands.pages import LIBRARY, THEMES, VIEW
from player.commands.playback import PLAYBACK, QUEUE
from player.commands.playlists import PLAYLISTS
from player.commands.session import HELP, SESSION
from player.commands.shape import Argument, Command
from player.commands.sound import SOUND
from player.commands.streaming import STREAMING

__all__ = ["BY_NAME", "BY_VERB", "COMMANDS", "THEMES", "Argument", "Command"]

COMMANDS: tuple[Command, ...] = (
    PLAYBACK + SOUND + STREAMING + QUEUE + MARKS + PLAYLISTS + LIBRARY + VIEW + SESSION + HELP
)
BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
BY_VERB: dict[str, Command] = {command.cli: command for command in COMMANDS if command.cli}
