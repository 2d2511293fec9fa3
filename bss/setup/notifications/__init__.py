"""Setup > Notifications: the words of the letters, who gets them, and the outbox with every letter."""
