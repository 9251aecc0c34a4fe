"""Operational transformation of playlists: pure functions and the two halves that use them.

An operation is a tuple of small components, applied one after the other. `transform` carries one
operation over another made at the same time on the same playlist; the server decides on one order
for all, so transformation property 1 is all that is needed (Jupiter, Wave and ShareDB work so).
Transforming a composed operation is by definition the same as transforming over each of its parts:
positions alone travel, and nothing of what was between two parts is remembered.
"""
