"""Routes of the Customers room."""

from django.urls import path

from . import acts, listing, record, users

urlpatterns = [
    path("", listing.customers, name="panel_customers"),
    path("export/", listing.export, name="panel_customers_export"),
    path("invite/", acts.invite, name="panel_customers_invite"),
    path("<slug:number>/", record.customer, name="panel_customers_record"),
    path("<slug:number>/edit/", acts.edit, name="panel_customers_edit"),
    path("<slug:number>/suspend/", acts.suspend, name="panel_customers_suspend"),
    path("<slug:number>/reactivate/", acts.reactivate, name="panel_customers_reactivate"),
    path("<slug:number>/users/invite/", users.invite, name="panel_customers_user_invite"),
    path("<slug:number>/users/<int:pk>/", users.edit, name="panel_customers_user"),
    path("<slug:number>/users/<int:pk>/resend/", users.resend, name="panel_customers_user_resend"),
    path("<slug:number>/users/<int:pk>/remove/", users.remove, name="panel_customers_user_remove"),
]
