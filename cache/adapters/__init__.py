"""Where the cache's bytes lie: a folder on disk, or memory."""
