"""Adapters that need nothing but this machine: files, folders, encoders."""
