"""The demo library: music composed and synthesised here, dedicated to the public domain (CC0)."""
