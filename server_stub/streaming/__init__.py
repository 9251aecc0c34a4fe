"""Streaming: renditions, their pieces and keys, and the preparation of a library."""
