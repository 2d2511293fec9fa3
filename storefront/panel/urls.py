"""Routes of the Storefront Admin Panel. The name of a room's first page begins the names of its others."""

from django.urls import include, path

from . import activity, branding, catalogue, home_page, overview, settings, texts

urlpatterns = [
    path("", overview.overview, name="panel"),
    path("branding/", branding.branding, name="branding"),
    path("branding/preview/", branding.preview, name="branding_preview"),
    path("home/", home_page.home_page, name="panel_home"),
    path("home/products/", home_page.arrange, name="panel_home_arrange"),
    path("catalogue/", catalogue.catalogue, name="panel_catalogue"),
    path("catalogue/choose/", catalogue.choose, name="panel_catalogue_choose"),
    path("catalogue/all/", catalogue.choose_all, name="panel_catalogue_all"),
    path("catalogue/every-product/", catalogue.every_product, name="panel_catalogue_every_product"),
    path("catalogue/products/<slug:slug>/", catalogue.product, name="panel_catalogue_product"),
    path("customers/", include("storefront.panel.customers.urls")),
    path("texts/", texts.texts, name="texts"),
    path("texts/<slug:kind>/", texts.texts_edit, name="texts_edit"),
    path("settings/", settings.settings, name="settings"),
    path("activity/", activity.activity, name="activity"),
]
