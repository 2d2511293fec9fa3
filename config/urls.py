"""Routes of no face. The tenancy middleware sets `request.urlconf` to the BSS, a store host or a reseller's storefront.

/healthz and /readyz are answered before any host is looked at, by `config.health.HealthMiddleware`.
"""

urlpatterns: list = []
handler400 = "config.unreadable.bad_request"
handler500 = "config.outages.server_error"  # the faces name the same one
