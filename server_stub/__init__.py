"""Segue's server: bounded contexts over ports, wired in one place."""
