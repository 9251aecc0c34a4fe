"""The command line: a thin view of the engine, made of the standard library only."""
