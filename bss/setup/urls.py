from django.urls import include, path

from .views import Setup

urlpatterns = [
    path("", Setup.as_view(), name="setup"),
    path("notifications/", include("bss.setup.notifications.urls")),
    path("organization/", include("bss.setup.organization.urls")),
    path("operations/", include("bss.setup.operations.urls")),
    path("api/", include("bss.setup.api_tokens.urls")),
    path("staff/", include("bss.setup.staff.urls")),
    path("reserved-aliases/", include("bss.setup.reserved_aliases.urls")),
    path("terms/", include("bss.setup.terms.urls")),
    path("import/", include("bss.setup.imports.urls")),
    path("reseller-plans/", include("bss.setup.plans_for_sale.urls")),
]
