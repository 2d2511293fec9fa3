"""Setup > Operations: what is due, stuck or dead, and who works on it."""
