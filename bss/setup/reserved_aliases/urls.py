from django.urls import path

from .views import GiveFree, ReservedAliases

urlpatterns = [
    path("", ReservedAliases.as_view(), name="reserved_aliases"),
    path("<slug:alias>/remove/", GiveFree.as_view(), name="reserved_alias_remove"),
]
