"""Subscriptions: the list, the record, and its Shortcuts."""
