"""Face 1: the back office of a distributor."""
