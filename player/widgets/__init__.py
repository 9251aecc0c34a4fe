"""Widgets that draw lines of cells; they know the state's shape but not the engine."""
