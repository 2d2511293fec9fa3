"""Routes of the BSS, below /bss/ on the BSS host: the middleware moves that segment to the script prefix."""

from django.urls import include, path

from . import employers, theme

urlpatterns = [
    path("", include("bss.dashboard.urls")),
    path("orders/", include("bss.orders.urls")),
    path("setup/", include("bss.setup.urls")),
    path("operator/", employers.Choose.as_view(), name="choose_operator"),
    path("theme/", theme.choose_theme, name="theme"),
    path("", include("bss.sign_in.urls")),
]
handler400 = "config.unreadable.bad_request"
handler403 = "bss.refusals.forbidden"
handler404 = "bss.refusals.not_found"
handler500 = "config.outages.server_error"
