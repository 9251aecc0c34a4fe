"""`segue-server` on the command line: arguments, verbs and what they print."""
