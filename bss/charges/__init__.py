"""Charges: the lines of all statements, and their export for the books."""
