from django.urls import path

from . import billing, editing, pages, people, storefront_acts, storefront_preview, suspension, upgrade
from .views import AccountExport, AccountList

urlpatterns = [
    path("", AccountList.as_view(), name="accounts"),
    path("export.csv", AccountExport.as_view(), name="accounts_export"),
    path("new/", editing.AccountNew.as_view(), name="account_new"),
    path("<slug:number>/", pages.AccountPage.as_view(), name="account"),
    path("<slug:number>/contacts/", pages.AccountContacts.as_view(), name="account_contacts"),
    path("<slug:number>/contacts/new/", people.ContactNew.as_view(), name="contact_new"),
    path("<slug:number>/contacts/<int:pk>/edit/", people.ContactEdit.as_view(), name="contact_edit"),
    path("<slug:number>/contacts/<int:pk>/primary/", people.ContactPrimary.as_view(), name="contact_primary"),
    path("<slug:number>/contacts/<int:pk>/invite/", people.ContactInvite.as_view(), name="contact_invite"),
    path("<slug:number>/contacts/<int:pk>/sign-in/", people.ContactSignIn.as_view(), name="contact_sign_in"),
    path("<slug:number>/orders/", pages.AccountOrders.as_view(), name="account_orders"),
    path("<slug:number>/subscriptions/", pages.AccountSubscriptions.as_view(), name="account_subscriptions"),
    path("<slug:number>/customers/", pages.AccountCustomers.as_view(), name="account_customers"),
    path("<slug:number>/billing/", billing.AccountBilling.as_view(), name="account_billing"),
    path("<slug:number>/billing/export.csv", billing.AccountStatement.as_view(), name="account_statement"),
    path("<slug:number>/storefront/", pages.AccountStorefront.as_view(), name="account_storefront"),
    path(
        "<slug:number>/storefront-preview/",
        storefront_preview.StorefrontPreview.as_view(),
        name="account_storefront_preview",
    ),
    path(
        "<slug:number>/storefront/suspend/",
        storefront_acts.StorefrontSuspend.as_view(),
        name="account_storefront_suspend",
    ),
    path(
        "<slug:number>/storefront/alias/",
        storefront_acts.StorefrontRename.as_view(),
        name="account_storefront_rename",
    ),
    path(
        "<slug:number>/storefront/reopen/",
        storefront_acts.StorefrontReopen.as_view(),
        name="account_storefront_reopen",
    ),
    path("<slug:number>/activity/", pages.AccountActivity.as_view(), name="account_activity"),
    path("<slug:number>/edit/", editing.AccountEdit.as_view(), name="account_edit"),
    path("<slug:number>/deactivate/", suspension.AccountDeactivate.as_view(), name="account_deactivate"),
    path("<slug:number>/reactivate/", suspension.AccountReactivate.as_view(), name="account_reactivate"),
    path("<slug:number>/upgrade/", upgrade.UpgradeResellers.as_view(), name="account_upgrade"),
    path("<slug:number>/upgrade/request/", upgrade.RequestTenant.as_view(), name="account_tenant_request"),
    path(
        "<slug:number>/upgrade/request/<int:pk>/close/",
        upgrade.CloseTenantRequest.as_view(),
        name="account_tenant_close",
    ),
    path("<slug:number>/upgrade/<slug:plan>/", upgrade.UpgradePlan.as_view(), name="account_upgrade_plan"),
]
