from django.urls import path

from .views import Keys, Notices, You

urlpatterns = [
    path("you/", You.as_view(), name="you"),
    path("you/keys/", Keys.as_view(), name="keys"),
    path("notifications/", Notices.as_view(), name="notifications"),
]
