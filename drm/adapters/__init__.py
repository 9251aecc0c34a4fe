"""Key stores: one adapter each."""
