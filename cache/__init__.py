"""Encrypted bytes on disk: the chunk cache and its eviction."""
