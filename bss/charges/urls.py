from django.urls import path

from .views import ChargeExport, ChargeList

urlpatterns = [
    path("", ChargeList.as_view(), name="charges"),
    path("export.csv", ChargeExport.as_view(), name="charges_export"),
]
