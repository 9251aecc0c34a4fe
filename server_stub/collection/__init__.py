"""What each listener marked as theirs: likes, saved albums, followed artists, ratings."""
