"""Setup > Staff: who works in this back office, and as what."""
