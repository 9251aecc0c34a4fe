"""The server's one place of composition: which adapter serves which port, and how it all runs."""
