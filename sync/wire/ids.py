"""Ids: 128 random bits written as 22 characters of base62, and the links made from them."""

import secrets
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 22
_BASE = len(ALPHABET)
_PAIRS = tuple(one + other for one in ALPHABET for other in ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LIMIT = 1 << 128


def encode(number: int) -> str:
    """Write a 128-bit number as 22 base62 characters.

    Raises ValueError if the number is negative or needs more than 128 bits.
    """
    if not 0 <= number < _LIMIT:
        raise ValueError("an id holds 128 bits")
    pairs = []
    for _ in range(LENGTH // 2):
        number, pair = divmod(number, _BASE * _BASE)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def new_id() -> str:
    """A fresh random id."""
    return encode(secrets.randbits(128))


def is_id(text: str) -> bool:
    """Whether the text is a well-formed id (it need not exist)."""
    if len(text) != LENGTH:
        return False
    number = 0
    for character in text:
        value = _VALUES.get(character)
        if value is None:
            return False
        number = number * _BASE + value
    return number < _LIMIT


def uri(kind: str, identifier: str) -> str:
    """The link of a thing, such as `segue:track:ID`."""
    return f"segue:{kind}:{identifier}"


def parse_uri(text: str) -> tuple[str, str] | None:
    """(kind, id) of `segue:KIND:ID` or `https://HOST/KIND/ID`, or None if it is neither."""
    if text.startswith("segue:"):
        parts = text.split(":")
    elif text.startswith("https://"):
        parts = text.rstrip("/").split("/")
    else:
        return None
    if len(parts) < 3 or not is_id(parts[-1]):
        return None
    return parts[-2], parts[-1]
