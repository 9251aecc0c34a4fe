"""The listener's side: engine, terminal player and command line."""
