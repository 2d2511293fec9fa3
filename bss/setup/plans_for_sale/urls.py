from django.urls import path

from .views import ResellerPlan, ResellerPlans

urlpatterns = [
    path("", ResellerPlans.as_view(), name="reseller_plans"),
    path("<slug:code>/", ResellerPlan.as_view(), name="reseller_plan"),
]
