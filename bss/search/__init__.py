"""Search: accounts, orders, subscriptions and pages, on a page of its own and in the palette."""
