"""What the engine does for its clients: one module per noun, each a table of commands."""
