"""Routes of the Storefront Admin Panel. The name of a room's first page begins the names of its others."""

from django.urls import include, path

from . import activity, overview, settings, texts

urlpatterns = [
    path("", overview.overview, name="panel"),
    path("customers/", include("storefront.panel.customers.urls")),
    path("texts/", texts.texts, name="texts"),
    path("texts/<slug:kind>/", texts.texts_edit, name="texts_edit"),
    path("settings/", settings.settings, name="settings"),
    path("activity/", activity.activity, name="activity"),
]
