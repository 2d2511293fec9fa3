"""Orders, to read: the list with its filters, and one order with everything that happened to it."""
