"""Playlists on this machine: edited at once, merged with what others do when there is a way."""
