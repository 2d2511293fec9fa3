"""The Customer Portal: the signed-in side of a reseller's own storefront, for the people of its end customers."""

# What stays to be read when the plan has left the storefront (PRODUCT.md section 5).
READABLE_WHEN_PARKED = frozenset({"portal", "portal_subscriptions", "portal_subscriptions_one", "portal_users"})
