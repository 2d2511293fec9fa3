"""Routes of the distributor's storefront, at the root of its host. No alias may be one of their first segments."""

from django.urls import path

from .views import (
    account,
    aliases,
    basket,
    bell,
    billing,
    catalog,
    checkout,
    orders,
    pictures,
    preview,
    robots,
    statement,
    subscriptions,
    terms,
    theme,
    upgrade,
    way_down,
)

handler400 = "config.unreadable.bad_request"
handler500 = "config.outages.server_error"

urlpatterns = [
    path("", catalog.catalogue, name="catalogue"),
    path("products/<slug:slug>/", catalog.product, name="product"),
    path("plans/", catalog.plans, name="plans"),
    path("storefront/", catalog.storefront_icon, name="storefront_icon"),
    path("terms/", terms.terms, name="terms"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.basket_add, name="basket_add"),
    path("basket/change/", basket.basket_change, name="basket_change"),
    path("basket/remove/", basket.basket_remove, name="basket_remove"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("billing/", billing.billing, name="billing"),
    path("alias/check/", aliases.alias_check, name="alias_check"),
    path("alias/hold/", aliases.alias_hold, name="alias_hold"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<slug:number>/", orders.order, name="order"),
    path("orders/<slug:number>/progress/", orders.order_progress, name="order_progress"),
    path("orders/<slug:number>/cancel/", orders.order_cancel, name="order_cancel"),
    path("orders/<slug:number>/retry/", orders.order_retry, name="order_retry"),
    path("statement/", statement.statement, name="statement"),
    path("statement/export.csv", statement.statement_export, name="statement_export"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/<slug:number>/", subscriptions.subscription, name="subscription"),
    path("subscriptions/<slug:number>/upgrade/", upgrade.subscription_upgrade, name="subscription_upgrade"),
    path(
        "subscriptions/<slug:number>/downgrade/",
        way_down.DowngradeSubscription.as_view(),
        name="subscription_downgrade",
    ),
    path("subscriptions/<slug:number>/cancel/", way_down.CancelSubscription.as_view(), name="subscription_cancel"),
    path("subscriptions/<slug:number>/undo/", way_down.keep_plan, name="subscription_undo"),
    *bell.urlpatterns,
    *robots.urlpatterns,
    *account.urlpatterns,
    *theme.urlpatterns,
    *pictures.urlpatterns,
    *preview.urlpatterns,
]
