"""Adapters that keep everything in memory: fakes for tests, and throw-away servers."""
