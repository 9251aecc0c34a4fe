"""The HTTP edge: routes, media bytes, problems; it turns requests into calls of the contexts."""
