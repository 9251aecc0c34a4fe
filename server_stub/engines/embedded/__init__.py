"""Adapters on files and processes of this machine: nothing else needs to run."""
