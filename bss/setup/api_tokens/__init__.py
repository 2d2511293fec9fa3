"""Setup > API: keys for programs of the staff."""
