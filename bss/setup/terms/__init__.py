"""Setup > Terms: the terms for resellers, their versions, and who accepted which."""
