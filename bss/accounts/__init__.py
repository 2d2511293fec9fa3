"""Accounts: the list, the record with its tabs, and what is done to an account from there."""
