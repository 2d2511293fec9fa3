from django.urls import path

from .upgrade import UpgradeSubscription
from .views import SubscriptionExport, SubscriptionList, SubscriptionPage
from .way_down import CancelSubscription, DowngradeSubscription, KeepPlan

urlpatterns = [
    path("", SubscriptionList.as_view(), name="subscriptions"),
    path("export.csv", SubscriptionExport.as_view(), name="subscriptions_export"),
    path("<slug:number>/", SubscriptionPage.as_view(), name="subscription"),
    path("<slug:number>/upgrade/", UpgradeSubscription.as_view(), name="subscription_upgrade"),
    path("<slug:number>/downgrade/", DowngradeSubscription.as_view(), name="subscription_downgrade"),
    path("<slug:number>/cancel/", CancelSubscription.as_view(), name="subscription_cancel"),
    path("<slug:number>/undo/", KeepPlan.as_view(), name="subscription_undo"),
]
