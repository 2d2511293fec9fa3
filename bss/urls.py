"""Routes of the BSS, below /bss/ on the BSS host: the middleware moves that segment to the script prefix."""

from django.urls import include, path

from . import alias, employers, theme

urlpatterns = [
    path("", include("bss.dashboard.urls")),
    path("accounts/", include("bss.accounts.urls")),
    path("orders/", include("bss.orders.urls")),
    path("subscriptions/", include("bss.subscriptions.urls")),
    path("charges/", include("bss.charges.urls")),
    path("products/", include("bss.products.urls")),
    path("setup/", include("bss.setup.urls")),
    path("search/", include("bss.search.urls")),
    path("", include("bss.you.urls")),
    path("alias/check/", alias.AliasCheck.as_view(), name="alias_check"),
    path("alias/hold/", alias.AliasHold.as_view(), name="alias_hold"),
    path("operator/", employers.Choose.as_view(), name="choose_operator"),
    path("theme/", theme.choose_theme, name="theme"),
    path("", include("bss.sign_in.urls")),
]
handler400 = "config.unreadable.bad_request"
handler403 = "bss.refusals.forbidden"
handler404 = "bss.refusals.not_found"
handler500 = "config.outages.server_error"
