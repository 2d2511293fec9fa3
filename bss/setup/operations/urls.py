from django.urls import path

from .views import Operations, RetryAll, SweepNow

urlpatterns = [
    path("", Operations.as_view(), name="operations"),
    path("retry-all/", RetryAll.as_view(), name="retry_all"),
    path("sweep/", SweepNow.as_view(), name="sweep_now"),
]
