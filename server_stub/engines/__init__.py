"""Adapters: each one fits a context's port to a store, a file format or a real engine."""
