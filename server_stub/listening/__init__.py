"""What people listened to: their reports, their history, and how often they played what."""
