"""What keeps the program from starting."""

from server_stub.kernel.errors import Kind, SegueError


class StartError(SegueError):
    """The program cannot start like this."""

    kind = Kind.UNAVAILABLE
    code = "start-failed"


class UsageError(SegueError):
    """The command line asks for something that cannot be."""

    kind = Kind.INVALID
    code = "usage"
