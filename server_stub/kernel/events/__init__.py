"""What happened, kept in order: events, the log they are appended to, and those who read it."""
