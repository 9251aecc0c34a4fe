"""What the collection refuses."""

from server_stub.kernel.errors import InvalidError


class MarkInvalidError(InvalidError):
    """A mark that cannot be put on this, or not with this value."""

    code = "invalid-mark"
