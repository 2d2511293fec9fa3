"""Routes of the API, below /api/: the tenancy middleware moves that segment to the script prefix."""

from django.urls import path

from . import (
    accounts,
    aliases,
    catalogue,
    charges,
    mail_reports,
    notifications,
    orders,
    plan_changes,
    schema,
    subscription_changes,
    subscriptions,
    tenant_requests,
)

urlpatterns = [
    path("mail-reports/<slug:provider>/", mail_reports.MailReports.as_view(), name="mail_reports"),
    path("v1/accounts/", accounts.AccountList.as_view(), name="accounts"),
    path("v1/accounts/<slug:number>/", accounts.AccountPage.as_view(), name="account"),
    path("v1/accounts/<slug:number>/contacts/", accounts.ContactList.as_view(), name="contacts"),
    path("v1/alias-availability/", aliases.AliasAvailability.as_view(), name="alias_availability"),
    path("v1/charges/", charges.ChargeList.as_view(), name="charges"),
    path("v1/charges/<int:pk>/", charges.ChargePage.as_view(), name="charge"),
    path("v1/docs/", schema.Docs.as_view(), name="docs"),
    path("v1/notifications/", notifications.NotificationList.as_view(), name="notifications"),
    path("v1/notifications/<int:pk>/", notifications.NotificationPage.as_view(), name="notification"),
    path("v1/notifications/<int:pk>/resend/", notifications.Resend.as_view(), name="notification_resend"),
    path("v1/notifications/<int:pk>/dealt-with/", notifications.DealtWith.as_view(), name="notification_dealt_with"),
    path("v1/orders/", orders.OrderList.as_view(), name="orders"),
    path("v1/orders/<slug:number>/", orders.OrderPage.as_view(), name="order"),
    path("v1/orders/<slug:number>/cancel/", orders.Cancel.as_view(), name="order_cancel"),
    path("v1/orders/<slug:number>/items/<int:pk>/", orders.Item.as_view(), name="order_item"),
    path("v1/orders/<slug:number>/place/", orders.Place.as_view(), name="order_place"),
    path("v1/orders/<slug:number>/preview/", orders.DraftPreview.as_view(), name="order_preview"),
    path("v1/orders/<slug:number>/retry/", orders.Retry.as_view(), name="order_retry"),
    path("v1/plan-changes/", plan_changes.Confirm.as_view(), name="plan_changes"),
    path("v1/plan-changes/preview/", plan_changes.Preview.as_view(), name="plan_change_preview"),
    path("v1/plans/", catalogue.PlanList.as_view(), name="plans"),
    path("v1/plans/<slug:code>/", catalogue.PlanPage.as_view(), name="plan"),
    path("v1/products/", catalogue.ProductList.as_view(), name="products"),
    path("v1/products/<slug:slug>/", catalogue.ProductPage.as_view(), name="product"),
    path("v1/schema/", schema.SchemaPage.as_view(), name="schema"),
    path("v1/subscriptions/", subscriptions.SubscriptionList.as_view(), name="subscriptions"),
    path("v1/subscriptions/<slug:number>/", subscriptions.SubscriptionPage.as_view(), name="subscription"),
    path(
        "v1/subscriptions/<slug:number>/cancel/", subscription_changes.CancelPlan.as_view(), name="subscription_cancel"
    ),
    path(
        "v1/subscriptions/<slug:number>/downgrade/",
        subscription_changes.Downgrade.as_view(),
        name="subscription_downgrade",
    ),
    path("v1/subscriptions/<slug:number>/undo/", subscription_changes.Undo.as_view(), name="subscription_undo"),
    path(
        "v1/subscriptions/<slug:number>/upgrade/", subscription_changes.Upgrade.as_view(), name="subscription_upgrade"
    ),
    path("v1/tenant-requests/", tenant_requests.TenantRequestList.as_view(), name="tenant_requests"),
    path("v1/tenant-requests/<int:pk>/", tenant_requests.TenantRequestPage.as_view(), name="tenant_request"),
]
handler400 = "api.problems.bad_request"
handler403 = "api.problems.forbidden"
handler404 = "api.problems.not_found"
handler500 = "config.outages.server_error"  # the faces name the same one
