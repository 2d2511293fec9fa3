"""Setup: so far the outbox, where every letter can be read as it was sent."""
