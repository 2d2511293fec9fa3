"""The Storefront Admin Panel, where a reseller runs its own storefront: a room per subject, at /<alias>/admin/."""
