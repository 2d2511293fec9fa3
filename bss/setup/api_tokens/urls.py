from django.urls import path

from .views import NewToken, Revoke, Tokens

urlpatterns = [
    path("", Tokens.as_view(), name="api_tokens"),
    path("new/", NewToken.as_view(), name="api_token_new"),
    path("<int:pk>/revoke/", Revoke.as_view(), name="api_token_revoke"),
]
