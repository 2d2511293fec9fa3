from django.urls import path

from . import acts, dialogs, items, new, pages
from .views import OrderExport, OrderList

urlpatterns = [
    path("", OrderList.as_view(), name="orders"),
    path("export.csv", OrderExport.as_view(), name="orders_export"),
    path("new/", new.NewOrder.as_view(), name="order_new"),
    path("new/accounts/", new.AccountChoices.as_view(), name="order_accounts"),
    path("<slug:number>/", pages.ProductsTab.as_view(), name="order"),
    path("<slug:number>/billing/", pages.BillingTab.as_view(), name="order_billing"),
    path("<slug:number>/history/", pages.HistoryTab.as_view(), name="order_history"),
    path("<slug:number>/execution/", pages.ExecutionPart.as_view(), name="order_execution"),
    path("<slug:number>/execute/", acts.Execute.as_view(), name="order_execute"),
    path("<slug:number>/retry/", acts.Retry.as_view(), name="order_retry"),
    path("<slug:number>/cancel/", dialogs.Cancel.as_view(), name="order_cancel"),
    path("<slug:number>/edit/", dialogs.Edit.as_view(), name="order_edit"),
    path("<slug:number>/items/add/", items.Add.as_view(), name="order_item_add"),
    path("<slug:number>/items/<int:pk>/edit/", items.Edit.as_view(), name="order_item_edit"),
    path("<slug:number>/items/<int:pk>/remove/", items.Remove.as_view(), name="order_item_remove"),
]
