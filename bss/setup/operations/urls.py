from django.urls import path

from .acts import ForgetWorker, ResendAll, RetryAll, SweepNow, TryLetters
from .views import Operations

urlpatterns = [
    path("", Operations.as_view(), name="operations"),
    path("retry-all/", RetryAll.as_view(), name="retry_all"),
    path("sweep/", SweepNow.as_view(), name="sweep_now"),
    path("try-letters/", TryLetters.as_view(), name="try_letters"),
    path("resend-all/", ResendAll.as_view(), name="resend_all"),
    path("forget-worker/", ForgetWorker.as_view(), name="forget_worker"),
]
