"""The headless player: queue, adaptation, fetching, decoding and joining, without any screen."""
