"""Signing in and out of the BSS, and choosing a password."""
