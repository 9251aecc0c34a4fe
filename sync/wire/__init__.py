"""The language client and server share, as typed structs."""
