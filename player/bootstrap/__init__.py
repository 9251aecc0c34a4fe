"""The composition root: the only place that knows which adapter is used. Read top to bottom:
`engine` puts the engine process together from `servers`, `sound` and `logs`; `views` the TUI."""
