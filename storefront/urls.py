"""Routes of the distributor's storefront, at the root of its host. Their first segments are reserved words for aliases."""

from django.urls import path

from .views import account, catalog, notices, theme

urlpatterns = [
    path("", catalog.catalogue, name="catalogue"),
    path("products/<slug:slug>/", catalog.product, name="product"),
    path("plans/", catalog.plans, name="plans"),
    path("storefront/", catalog.storefront_icon, name="storefront_icon"),
    path("notifications/", notices.notifications, name="notifications"),
    path("terms/", notices.terms, name="terms"),
    *account.urlpatterns,
    *theme.urlpatterns,
]
