from django.urls import path

from .acceptances import AcceptanceExport, AcceptanceList
from .views import PublishTerms, TermsPage, TermsVersionPage

urlpatterns = [
    path("", TermsPage.as_view(), name="terms"),
    path("new/", PublishTerms.as_view(), name="terms_new"),
    path("acceptances/", AcceptanceList.as_view(), name="acceptances"),
    path("acceptances/export.csv", AcceptanceExport.as_view(), name="acceptances_export"),
    path("<int:number>/", TermsVersionPage.as_view(), name="terms_version"),
]
