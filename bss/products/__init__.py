"""Products: what is sold, at which price."""
