from django.urls import path

from .views import Numbers, OrganizationPage

urlpatterns = [
    path("", OrganizationPage.as_view(), name="organization"),
    path("numbers/", Numbers.as_view(), name="numbers"),
]
