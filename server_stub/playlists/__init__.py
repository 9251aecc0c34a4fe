"""Playlists that several people edit together, and their history."""
