"""Setup > Reseller plans: prices, what a plan includes, its words."""
