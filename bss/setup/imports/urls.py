from django.urls import path

from .views import ImportApply, ImportCheck, ImportProgress, ImportResult

urlpatterns = [
    path("", ImportCheck.as_view(), name="import_resellers"),
    path("apply/", ImportApply.as_view(), name="import_apply"),
    path("result/<slug:key>/", ImportResult.as_view(), name="import_result"),
    path("result/<slug:key>/progress/", ImportProgress.as_view(), name="import_progress"),
]
