"""Routes of a reseller's storefront, under its alias; the tenancy middleware moved that to the script prefix."""

from django.urls import include, path

from .views import account, bell, pictures, shop, texts, theme

handler400 = "config.unreadable.bad_request"
handler500 = "config.outages.server_error"

urlpatterns = [
    path("", shop.home, name="home"),
    path("products/", shop.products, name="products"),
    path("products/<slug:slug>/", shop.product, name="product"),
    path("portal/", include("storefront.portal.urls")),
    path("admin/", include("storefront.panel.urls")),
    *texts.urlpatterns,
    *bell.urlpatterns,
    *account.urlpatterns,
    *theme.urlpatterns,
    *pictures.urlpatterns,
]
