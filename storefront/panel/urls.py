"""Routes of the Storefront Admin Panel. The name of a room's first page begins the names of its others."""

from django.urls import path

from . import overview

urlpatterns = [
    path("", overview.overview, name="panel"),
]
