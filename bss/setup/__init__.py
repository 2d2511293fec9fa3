"""Setup: what the distributor decides once: plans, letters, organization."""
