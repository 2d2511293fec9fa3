from django.urls import path

from .upgrade import UpgradeSubscription
from .views import SubscriptionExport, SubscriptionList, SubscriptionPage

urlpatterns = [
    path("", SubscriptionList.as_view(), name="subscriptions"),
    path("export.csv", SubscriptionExport.as_view(), name="subscriptions_export"),
    path("<slug:number>/", SubscriptionPage.as_view(), name="subscription"),
    path("<slug:number>/upgrade/", UpgradeSubscription.as_view(), name="subscription_upgrade"),
]
