"""The Customers room: the reseller's end customers, one of them with users and history, and what is done to them."""
