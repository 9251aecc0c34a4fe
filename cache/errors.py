"""What can go wrong with the disk under the cache.

CacheError
├── NoRoomError      the disk (or the quota) is full
└── UnwritableError  the folder cannot be written or read
"""


class CacheError(Exception):
    """Base of all. The store handles them; none reaches playback."""


class NoRoomError(CacheError):
    """The disk has no room left."""


class UnwritableError(CacheError):
    """The disk refuses for another reason: read only, no permission, broken."""
