"""Face 1: the back office of a distributor. A room is what its staff click: dashboard, orders, setup, sign-in."""
