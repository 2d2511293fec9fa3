"""Routes of the Customer Portal. The name of a tab's first page begins the names of its others."""

from django.urls import path

from . import overview, profile, subscriptions, users

urlpatterns = [
    path("", overview.overview, name="portal"),
    path("subscriptions/", subscriptions.subscriptions, name="portal_subscriptions"),
    path("subscriptions/<slug:number>/", subscriptions.subscription, name="portal_subscriptions_one"),
    path("profile/", profile.profile, name="portal_profile"),
    path("users/", users.users, name="portal_users"),
    path("users/invite/", users.invite, name="portal_users_invite"),
    path("users/<int:pk>/", users.edit, name="portal_users_edit"),
    path("users/<int:pk>/resend/", users.resend, name="portal_users_resend"),
    path("users/<int:pk>/remove/", users.remove, name="portal_users_remove"),
]
